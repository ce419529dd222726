package sqlite

import (
	"context"
	"database/sql"
	"time"

	"perch/bridge"
)

// op is one write that waits for a commit.
type op struct {
	post *bridge.Post
	run  func(*tx) error
	done chan error
}

// tx is the open transaction, with the statements prepared on its connection.
type tx struct {
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	posts  span // that the open transaction has stored
	synced span // that the one before has put on disk, with the time; not written down yet
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (t *tx) row(query string, args ...any) rowScanner {
	s, err := t.stmt(query)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(context.Background(), args...)
}

type rowScanner interface{ Scan(dest ...any) error }

type failedRow struct{ err error }

func (f failedRow) Scan(...any) error { return f.err }

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
