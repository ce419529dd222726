package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// Arrivals counts the messages that have come in since a time, by minute and direction, Perch's own lines to agents apart;
// after is the number of a message up to which they were counted before, 0 for none. upTo is the number up to which no message is
// still being stored: one that becomes visible later has a greater one.
func (s *Store) Arrivals(ctx context.Context, since time.Time, after int64) (counts []bridge.Arrivals, upTo int64, err error) {
	settled, isBounded := s.fresh.settled() // before the look at what is there
	err = s.atOnce(ctx, func(ctx context.Context, db asker) error {
		if _, err := rowOf(ctx, db, `SELECT coalesce(max(id), 0) FROM message`, nil, &upTo); err != nil {
			return err
		}
		if isBounded {
			upTo = min(upTo, max(settled, after))
		}
		return eachOf(ctx, db, `SELECT floor(extract(epoch FROM received_at) / 60)::bigint, direction, count(*) FROM message
			WHERE id > $1 AND id <= $2 AND received_at >= $3 AND kind <> 'note' GROUP BY 1, 2 ORDER BY 1, 2`,
			[]any{after, upTo, bound(since)}, func(row pgx.Row) error {
				var a bridge.Arrivals
				err := row.Scan(&a.Minute, &a.Direction, &a.N)
				counts = append(counts, a)
				return err
			})
	})
	if err != nil {
		return nil, 0, err
	}
	return counts, upTo, nil
}
