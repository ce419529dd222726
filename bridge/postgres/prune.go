package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"perch/bridge"
)

const (
	// keepPosts is how long what came in is kept as it came, once it was taken apart.
	keepPosts = 30 * 24 * time.Hour
	// keepMessages is how long settled messages are kept. X can repeat what is 30 days old at most, so no duplicate
	// slips through.
	keepMessages = 365 * 24 * time.Hour
	// keepBills is how long what X has billed for is kept: three years, for whoever compares.
	keepBills = 3 * 366 * 24 * time.Hour
	// pruneBatch is how many rows go in one transaction, so that nobody waits for long.
	pruneBatch = 500
	// pruneEvery is the pause between two runs.
	pruneEvery = time.Hour
)

// RunPruner removes what is old and settled, until ctx ends. What waits for anything or anybody is never removed.
func (s *Store) RunPruner(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := s.Prune(ctx, time.Now()); err != nil && ctx.Err() == nil {
				s.log.Warn("journal not pruned", "error", err)
			}
		}
	}
}

// Prune removes what was old and settled at the given time.
func (s *Store) Prune(ctx context.Context, now time.Time) error {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = s.prunePosts(ctx, now.Add(-keepPosts)); err != nil {
			return err
		}
	}
	for cursor := int64(0); cursor >= 0 && ctx.Err() == nil; {
		var err error
		if cursor, err = s.pruneMessages(ctx, cursor, now.Add(-keepMessages)); err != nil {
			return err
		}
	}
	return s.write(ctx, func(t *tx) error {
		t.queue(`DELETE FROM bill WHERE day < DATE '1970-01-01' + $1::int`, boundDay(bridge.BillDay(now.Add(-keepBills))))
		t.queue(`DELETE FROM echo WHERE at < $1`, bound(now.Add(-keepPosts)))
		return nil
	})
}

// prunePosts removes the oldest posts, which have the smallest numbers; it reports whether there may be more. The newest stays
// whatever its age, for who wants to see how posts look.
func (s *Store) prunePosts(ctx context.Context, before time.Time) (more bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		t.queue(`DELETE FROM post WHERE seq IN (
			SELECT seq FROM (SELECT seq, received_at, waits FROM post ORDER BY seq LIMIT $1) p WHERE coalesce(received_at < $2, true) AND NOT waits)
			AND seq < (SELECT max(seq) FROM post)`, pruneBatch, bound(before)).
			Exec(func(tag pgconn.CommandTag) error {
				more = tag.RowsAffected() == pruneBatch
				return nil
			})
		return nil
	})
	return more, err
}

// pruneMessages removes settled messages behind the cursor and returns the next cursor; -1 at the end. The newest stays.
func (s *Store) pruneMessages(ctx context.Context, cursor int64, before time.Time) (next int64, err error) {
	err = s.write(ctx, func(t *tx) error {
		next = -1
		var settled []int64
		t.queue(`SELECT id, state FROM (SELECT id, state, received_at FROM message WHERE id > $1 ORDER BY id LIMIT $2) m
			WHERE coalesce(received_at < $3, true) AND id < (SELECT max(id) FROM message)`, cursor, pruneBatch, bound(before)).
			Query(func(rows pgx.Rows) error {
				return takeEach(rows, func(row pgx.Row) error {
					var state bridge.State
					err := row.Scan(&next, &state)
					if state == bridge.Delivered || state == bridge.Discarded {
						settled = append(settled, next)
					}
					return err
				})
			})
		if err := t.flush(); err != nil || len(settled) == 0 {
			return err
		}
		t.queue(`DELETE FROM attempt WHERE message = ANY($1)`, settled)
		t.queue(`DELETE FROM content WHERE message = ANY($1)`, settled)
		t.queue(`DELETE FROM message WHERE id = ANY($1)`, settled)
		return nil
	})
	return next, err
}
