package sqlite

import (
	"context"
	"time"

	"perch/bridge"
)

// arrivalsStep is how many messages the search for the first one of a time goes back at a time, at first.
const arrivalsStep = 1000

// Arrivals counts the messages that have come in since a time, by minute and direction, Perch's own lines to agents apart;
// after is the number of a message up to which they were counted before, 0 for none. upTo is the number of the last one. It
// reads what is new and nothing else, but for the first time.
func (s *reading) Arrivals(ctx context.Context, since time.Time, after int64) (counts []bridge.Arrivals, upTo int64, err error) {
	if err := s.reader.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM message`).Scan(&upTo); err != nil {
		return nil, 0, err
	}
	if after == 0 {
		if after, err = s.firstSince(ctx, since, upTo); err != nil {
			return nil, 0, err
		}
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT received_at / 60000, direction, count(*) FROM message
		WHERE id > ? AND id <= ? AND received_at >= ? AND kind <> 'note' GROUP BY 1, 2`, after, upTo, toMilli(since))
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a bridge.Arrivals
		if err := rows.Scan(&a.Minute, &a.Direction, &a.N); err != nil {
			return nil, 0, err
		}
		counts = append(counts, a)
	}
	return counts, upTo, rows.Err()
}

// firstSince returns a number below those of all messages that have come in since a time. Numbers grow with the order of
// arrival, so that it need not look at all of them: it goes back in steps that grow.
func (s *reading) firstSince(ctx context.Context, since time.Time, last int64) (int64, error) {
	for step := int64(arrivalsStep); ; step *= 2 {
		at := last - step
		if at <= 0 {
			return 0, nil
		}
		var received int64
		err := s.reader.QueryRowContext(ctx, `SELECT coalesce(max(received_at), 0) FROM (SELECT received_at FROM message WHERE id <= ? ORDER BY id DESC LIMIT 10)`, at).Scan(&received)
		if err != nil || received < toMilli(since) {
			return at, err
		}
	}
}
