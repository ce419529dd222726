package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"modernc.org/sqlite"

	"perch/bridge"
)

const (
	// defaultLimit is how many deliveries List returns when the filter names no limit.
	defaultLimit = 100
	// lookThrough is how many of the newest messages that pass a filter are looked through before the index is asked.
	lookThrough = 1000
	// lookThroughShort is the same for one or two letters: most are in many messages, for which the index is slow.
	lookThroughShort = 3000
	// maxFacets is how many sorts of messages are merged; beyond them it is quicker to look through all.
	maxFacets = 100
	// maxWords is how many threes that begin with one or two letters the index is asked for.
	maxWords = 500
	// few is how many waiting messages are looked at one by one.
	few = 1000
	// resultCorruptIndex is SQLite's word for an index of FTS5 that does not make sense (SQLITE_CORRUPT_VTAB).
	resultCorruptIndex = 267
)

// find returns the deliveries of a filter, newest first, of which those in flight are Sending although they wait on disk. What
// the index does not hold yet is looked through.
func (s *reading) find(ctx context.Context, f bridge.Filter, flying []int64) ([]*bridge.Delivery, error) {
	list, err := s.list(ctx, f, flying, true)
	if isSpoiltIndex(err) {
		s.isSpoilt.Store(true)
		return s.list(ctx, f, flying, false)
	}
	return list, err
}

// isSpoiltIndex reports whether the index, which can be made anew, is at fault and nothing else.
func isSpoiltIndex(err error) bool {
	var result *sqlite.Error
	return errors.As(err, &result) && result.Code() == resultCorruptIndex
}

func (s *reading) list(ctx context.Context, f bridge.Filter, flying []int64, byIndex bool) ([]*bridge.Delivery, error) {
	db, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // all of it is of one moment
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Rollback() }() // nothing was written
	return s.listIn(ctx, db, f, flying, byIndex)
}

func (s *reading) listIn(ctx context.Context, db *sql.Tx, f bridge.Filter, flying []int64, byIndex bool) ([]*bridge.Delivery, error) {
	find := newFinder(ctx, db, f, flying)
	find.look = s.look
	if err := find.prepare(byIndex); err != nil {
		return nil, err
	}
	if err := find.all(); err != nil {
		return nil, err
	}
	return find.deliveries()
}

// finder finds the newest messages of a filter. It goes from the greatest number down, so that what it has found is the newest.
type finder struct {
	ctx    context.Context
	db     *sql.Tx
	f      bridge.Filter
	term   *term
	where  string
	args   []any
	flying []int64
	limit  int
	look   int
	// indexed is the number up to which messages are indexed. What has a greater one than top was looked at; the filter wants
	// those that have a greater one than low.
	indexed, top, low int64
	ids               []int64
	extra             []int64 // found out of order
}

func newFinder(ctx context.Context, db *sql.Tx, f bridge.Filter, flying []int64) *finder {
	find := &finder{ctx: ctx, db: db, f: f, term: newTerm(f.Search), limit: f.Limit, low: f.After, flying: flying}
	if find.limit <= 0 {
		find.limit = defaultLimit
	}
	find.where, find.args = conditions(f, flying)
	return find
}

func (f *finder) prepare(byIndex bool) error {
	if err := f.db.QueryRowContext(f.ctx, `SELECT coalesce(max(id), 0) FROM message`).Scan(&f.top); err != nil {
		return err
	}
	if f.f.Before > 0 {
		f.top = min(f.top, f.f.Before-1)
	}
	low, top, err := numbersOf(f.ctx, f.db, f.f.Since, f.f.Until)
	if err != nil {
		return err
	}
	f.low, f.top = max(f.low, low), min(f.top, top)
	if !byIndex || (f.term != nil && !f.term.isIndexable()) {
		return nil
	}
	err = f.db.QueryRowContext(f.ctx, `SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'indexed'`).Scan(&f.indexed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // a journal of an earlier Perch
	}
	return err
}

func (f *finder) all() error {
	switch {
	case f.f.XID != "":
		return f.exact(f.f.XID)
	case f.f.State == bridge.Sending: // never many
		return f.aside(`(SELECT id FROM message WHERE state = 'sending' UNION SELECT id FROM message WHERE id IN ` + numbers(f.flying) + `) o CROSS JOIN message m ON m.id = o.id`)
	}
	if f.hasOwnIndex() {
		if err := f.own(); err != nil || f.isDone() {
			return err
		}
	} else if err := f.newest(); err != nil || f.isDone() {
		return err
	}
	if f.term == nil {
		return nil
	}
	if err := f.exact(f.f.Search); err != nil {
		return err
	}
	return f.ask()
}

// isDone reports whether there is nothing left that could be found and wanted.
func (f *finder) isDone() bool { return f.isFull() || f.top <= f.low }

func (f *finder) isFull() bool { return len(f.ids) >= f.limit }

// walk takes what of a source passes the filter, greatest number first; order is "" where the source is in that order.
func (f *finder) walk(source, order string, args ...any) error {
	what, limit := `m.id, '', '', '', '', ''`, fmt.Sprint(" LIMIT ", f.limit-len(f.ids))
	if f.term != nil {
		what, limit = `m.id, m.text, m.sender, m.recipient, coalesce(m.x_id, ''), coalesce(m.motion_id, '')`, ""
	}
	rows, err := f.db.QueryContext(f.ctx, `SELECT `+what+` FROM `+source+f.where+order+limit, append(args, f.args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for !f.isFull() && rows.Next() {
		var id int64
		var m told
		if err := rows.Scan(&id, &m.text, &m.sender, &m.recipient, &m.xID, &m.motionID); err != nil {
			return err
		}
		if f.term == nil || f.term.matches(&m) {
			f.ids = append(f.ids, id)
		}
	}
	return rows.Err()
}

// aside is walk for what is out of order, between the bounds.
func (f *finder) aside(source string, args ...any) error {
	ids := f.ids
	f.ids = nil
	err := f.walk(source+` WHERE `+f.within(), ` ORDER BY m.id DESC`, args...)
	f.ids, f.extra = ids, append(f.extra, f.ids...)
	return err
}

// exact finds the messages with an id at X or Motion.
func (f *finder) exact(id string) error {
	return f.aside(`(SELECT DISTINCT channel FROM tally) t CROSS JOIN message m ON m.id IN (
		SELECT id FROM message WHERE channel = t.channel AND x_id = ? AND direction = 'in'
		UNION SELECT id FROM message WHERE channel = t.channel AND x_id = ? AND direction = 'out'
		UNION SELECT id FROM message WHERE channel = t.channel AND motion_id = ? AND direction = 'out')`, id, id, id)
}

// deliveries reads what was found.
func (f *finder) deliveries() ([]*bridge.Delivery, error) {
	ids := append(f.ids, f.extra...)
	slices.SortFunc(ids, func(a, b int64) int { return int(b - a) })
	ids = slices.Compact(ids)
	ids = ids[:min(len(ids), f.limit)]
	return deliveriesOf(f.ctx, f.db, ids)
}

// deliveriesOf reads messages by their numbers, greatest first.
func deliveriesOf(ctx context.Context, db *sql.Tx, ids []int64) ([]*bridge.Delivery, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+columns+fromMessage+`WHERE m.id IN `+numbers(ids)+` ORDER BY m.id DESC`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []*bridge.Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}
