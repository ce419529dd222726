package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"perch/bridge"
)

// op is one write that waits for a commit.
type op struct {
	post *bridge.Post
	run  func(*tx) error
	// kept is called once what run did is on disk, before done is told; nil for nothing.
	kept func()
	// canLinger says that nobody is kept from anything by a wait of moments for others to share the commit with.
	canLinger bool
	// isFlying says that it is about a message that is being attempted.
	isFlying bool
	// isRead says that run writes nothing, and may go before what lingers.
	isRead bool
	done   chan error

	isApplied bool // by the open transaction; the committer's
}

// tx is the open transaction, with the statements prepared on its connection. It speaks to SQLite's driver directly:
// database/sql, which is made for pools of connections, costs as much again as a short statement.
type tx struct {
	conn   driver.ConnPrepareContext
	stmts  map[string]*stmt
	args   []driver.NamedValue
	isOpen bool // a transaction
	hasNew bool // it has made messages
	posts  span // that the open transaction has stored
	synced span // that the one before has put on disk, with the time; not written down yet
	tally  tally
	hours  hours
	bills  map[bridge.BillKey]int
	known  known
}

func newTx(conn driver.ConnPrepareContext) *tx {
	return &tx{
		conn: conn, stmts: map[string]*stmt{}, tally: tally{}, hours: hours{}, bills: map[bridge.BillKey]int{}, known: newKnown(),
	}
}

// stmt is a prepared statement. The driver's have all three.
type stmt struct {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (t *tx) stmt(query string) (*stmt, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	prepared, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	exec, canExec := prepared.(driver.StmtExecContext)
	ask, canAsk := prepared.(driver.StmtQueryContext)
	if !canExec || !canAsk {
		return nil, errors.Join(errDriver, prepared.Close())
	}
	s := &stmt{prepared, exec, ask}
	t.stmts[query] = s
	return s, nil
}

var errDriver = errors.New("the driver lacks ExecContext or QueryContext")

func (t *tx) close() {
	for _, s := range t.stmts {
		_ = s.Close() // what it did is settled
	}
}

// bound makes SQLite's values of Go's. They are used before the next statement.
func (t *tx) bound(args []any) ([]driver.NamedValue, error) {
	t.args = t.args[:0]
	for i, a := range args {
		v, err := value(a)
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
		t.args = append(t.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return t.args, nil
}

// value spares the common kinds the detour by reflection.
func value(a any) (driver.Value, error) {
	switch v := a.(type) {
	case nil, int64, string, []byte, bool:
		return v, nil
	case int:
		return int64(v), nil
	case bridge.State:
		return string(v), nil
	case bridge.Lane:
		return string(v), nil
	}
	return driver.DefaultParameterConverter.ConvertValue(a)
}

func (t *tx) exec(query string, args ...any) (driver.Result, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	values, err := t.bound(args)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), values)
}

func (t *tx) query(query string, args ...any) (*rows, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	values, err := t.bound(args)
	if err != nil {
		return nil, err
	}
	found, err := s.QueryContext(context.Background(), values)
	if err != nil {
		return nil, err
	}
	return &rows{found: found, values: make([]driver.Value, len(found.Columns()))}, nil
}

// row returns the first row of a query; its Scan says sql.ErrNoRows when there is none.
func (t *tx) row(query string, args ...any) rowScanner {
	found, err := t.query(query, args...)
	if err != nil {
		return failedRow{err}
	}
	return firstRow{found}
}

type rowScanner interface{ Scan(dest ...any) error }

type failedRow struct{ err error }

func (f failedRow) Scan(...any) error { return f.err }

type firstRow struct{ *rows }

func (f firstRow) Scan(dest ...any) error {
	defer func() { _ = f.Close() }()
	if !f.Next() {
		if f.Err() != nil {
			return f.Err()
		}
		return sql.ErrNoRows
	}
	return f.rows.Scan(dest...)
}

// rows are what a query found. They are read and closed before the next statement with the same text.
type rows struct {
	found  driver.Rows
	values []driver.Value
	err    error
}

// Next goes to the next row, and reports whether there is one.
func (r *rows) Next() bool {
	if r.err != nil {
		return false
	}
	r.err = r.found.Next(r.values)
	return r.err == nil
}

// Err is why Next found no more, where that was not the end.
func (r *rows) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

// Close ends the query.
func (r *rows) Close() error { return r.found.Close() }

// span is a run of posts.
type span struct {
	first, last int64
	at          time.Time
}

func (s *span) add(seq int64) {
	if s.first == 0 {
		s.first = seq
	}
	s.last = seq
}
