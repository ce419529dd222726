package sqlite

import (
	"context"
	"time"

	"perch/bridge"
)

// List returns deliveries, newest first. What is being attempted is Sending.
func (s *Store) List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error) {
	flying, _ := s.flight.waiting()
	list, err := s.find(ctx, f, flying)
	for _, d := range list {
		s.flight.show(d)
	}
	return list, err
}

// List returns deliveries, newest first.
func (s *reading) List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error) {
	return s.find(ctx, f, nil)
}

// Attempts returns the history of one delivery, oldest first.
func (s *reading) Attempts(ctx context.Context, id int64) ([]bridge.Attempt, error) {
	rows, err := s.reader.QueryContext(ctx,
		`SELECT at, number, took_us, outcome, kind, code, text FROM attempt WHERE message = ? ORDER BY rowid`, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []bridge.Attempt
	for rows.Next() {
		var a bridge.Attempt
		var at, took int64
		if err := rows.Scan(&at, &a.Number, &took, &a.Outcome, &a.Kind, &a.Code, &a.Message); err != nil {
			return nil, err
		}
		a.At, a.Took = fromMilli(at), time.Duration(took)*time.Microsecond
		list = append(list, a)
	}
	return list, rows.Err()
}

// Counts returns how many messages of each sort there are or have been; it never scans the messages. What is being
// attempted is Sending.
func (s *Store) Counts(ctx context.Context) ([]bridge.Count, error) {
	_, flying := s.flight.waiting()
	counts, err := s.reading.Counts(ctx)
	return inFlight(counts, flying), err
}

// Counts returns how many messages of each sort there are or have been; it never scans the messages.
func (s *reading) Counts(ctx context.Context) ([]bridge.Count, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT channel, direction, kind, state, n FROM tally WHERE n > 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var counts []bridge.Count
	for rows.Next() {
		var c bridge.Count
		if err := rows.Scan(&c.Channel, &c.Direction, &c.Kind, &c.State, &c.N); err != nil {
			return nil, err
		}
		counts = append(counts, c)
	}
	return counts, rows.Err()
}

// Ignored returns how many events of each kind were of no use.
func (s *reading) Ignored(ctx context.Context) (map[bridge.IgnoredKey]int, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT channel, kind, n FROM ignored`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	counts := map[bridge.IgnoredKey]int{}
	for rows.Next() {
		var k bridge.IgnoredKey
		var n int
		if err := rows.Scan(&k.Channel, &k.Kind, &n); err != nil {
			return nil, err
		}
		counts[k] = n
	}
	return counts, rows.Err()
}
