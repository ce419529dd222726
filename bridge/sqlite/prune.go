package sqlite

import (
	"context"
	"time"

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
		if _, err := t.exec(`DELETE FROM kept WHERE last < (SELECT min(seq) FROM post)`); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM hour WHERE last < (SELECT min(id) FROM message)`); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM bill WHERE day < ?`, bridge.BillDay(now.Add(-keepBills))); err != nil {
			return err
		}
		_, err := t.exec(`DELETE FROM echo WHERE at < ?`, now.Add(-keepPosts).UnixMilli())
		return err
	})
}

// prunePosts removes the oldest posts, which have the smallest numbers; it reports whether there may be more. The newest
// stays whatever its age: SQLite numbers on from the greatest number there is, and a number must never come twice.
func (s *Store) prunePosts(ctx context.Context, before time.Time) (more bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		result, err := t.exec(`DELETE FROM post WHERE seq IN (
			SELECT seq FROM (SELECT seq, received_at FROM post ORDER BY seq LIMIT ?)
			WHERE received_at < ? AND seq <= (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'unpacked')
			AND seq < (SELECT max(seq) FROM post))`,
			pruneBatch, before.UnixMilli())
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		more = n == pruneBatch
		return err
	})
	return more, err
}

// pruneMessages removes settled messages behind the cursor and returns the next cursor; -1 at the end. The newest stays for
// the same reason as the newest post: files and notes name their message by its number.
func (s *Store) pruneMessages(ctx context.Context, cursor int64, before time.Time) (next int64, err error) {
	err = s.write(ctx, func(t *tx) error {
		next = -1
		rows, err := t.query(`SELECT id, state FROM (SELECT id, state, received_at FROM message WHERE id > ? ORDER BY id LIMIT ?)
			WHERE received_at < ? AND id < (SELECT max(id) FROM message)`, cursor, pruneBatch, before.UnixMilli())
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		var settled []int64
		for rows.Next() {
			var state bridge.State
			if err := rows.Scan(&next, &state); err != nil {
				return err
			}
			if state == bridge.Delivered || state == bridge.Discarded {
				settled = append(settled, next)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return removeMessages(t, settled)
	})
	return next, err
}

func removeMessages(t *tx, ids []int64) error {
	for _, id := range ids {
		if err := unindex(t, id); err != nil {
			return err
		}
		for _, query := range []string{
			`DELETE FROM attempt WHERE message = ?`, `DELETE FROM content WHERE message = ?`, `DELETE FROM message WHERE id = ?`,
		} {
			if _, err := t.exec(query, id); err != nil {
				return err
			}
		}
	}
	return nil
}
