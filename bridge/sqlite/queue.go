package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"perch/bridge"
)

// Claim takes up to N due conversations of each lane, the longest due first. Its cost does not grow with the
// number of conversations that are not due.
func (s *Store) Claim(ctx context.Context, quotas []bridge.LaneQuota, now time.Time) ([]*bridge.Delivery, error) {
	var claimed []*bridge.Delivery
	err := s.write(ctx, func(t *tx) error {
		claimed = claimed[:0]
		for _, q := range quotas {
			heads, err := claimHeads(t, q, now)
			if err != nil {
				return err
			}
			for _, id := range heads {
				d, err := claimMessage(t, id)
				if err != nil {
					return err
				}
				claimed = append(claimed, d)
			}
		}
		return nil
	})
	return claimed, err
}

func claimHeads(t *tx, q bridge.LaneQuota, now time.Time) ([]int64, error) {
	rows, err := t.query(`UPDATE conv SET busy = 1 WHERE key IN
		(SELECT key FROM conv WHERE lane = ? AND busy = 0 AND due <= ? ORDER BY due LIMIT ?) RETURNING head`,
		q.Lane, now.UnixMilli(), q.N)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var heads []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		heads = append(heads, id)
	}
	return heads, rows.Err()
}

func claimMessage(t *tx, id int64) (*bridge.Delivery, error) {
	if _, err := t.exec(`UPDATE message SET state = 'sending' WHERE id = ? AND state = 'queued'`, id); err != nil {
		return nil, err
	}
	return scanDelivery(t.row(`SELECT `+columns+fromMessage+`WHERE m.id = ?`, id))
}

// Mark stores the progress of a claimed delivery.
func (s *Store) Mark(ctx context.Context, id int64, progress bridge.Progress) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE message SET progress = ? WHERE id = ?`, encodeProgress(progress), id)
		return err
	})
}

// Finish stores the result of an attempt, all of it in one transaction, and frees the conversation.
func (s *Store) Finish(ctx context.Context, r bridge.Result) error {
	return s.write(ctx, func(t *tx) error { return finish(t, r, true) })
}

func finish(t *tx, r bridge.Result, free bool) error {
	if err := saveDelivery(t, r); err != nil {
		return err
	}
	if err := addAttempt(t, r.Delivery.ID, r.Attempt); err != nil {
		return err
	}
	if err := learn(t, r.Delivery.Channel, r.Learned); err != nil {
		return err
	}
	for _, d := range r.Spawned {
		d.ID = 0
		if err := insertIfNew(t, d); err != nil {
			return err
		}
	}
	return reschedule(t, r.Delivery, free)
}

func saveDelivery(t *tx, r bridge.Result) error {
	d, f := r.Delivery, failureOf(r.Delivery)
	open := d.State == bridge.Queued || r.Held
	_, err := t.exec(`UPDATE message SET state = ?, open = ?, x_id = ?, motion_id = ?, thread_id = ?, sender = ?,
		recipient = ?, peer_id = ?, media = ?, progress = ?, attempts = ?, due_at = ?, delivered_at = ?,
		error_kind = ?, error_message = ?, error_remedy = ? WHERE id = ?`,
		d.State, open, orNull(d.XID), orNull(d.MotionID), d.ThreadID, d.From,
		d.To, d.PeerID, encodeMedia(d.Media), encodeProgress(d.Progress), d.Attempts, toMilli(d.DueAt),
		toMilli(d.DeliveredAt), f.Kind, f.Message, f.Remedy, d.ID)
	if err != nil || !r.Opened {
		return err
	}
	if _, err := t.exec(`UPDATE message SET kind = ?, lane = ?, text = ? WHERE id = ?`, d.Kind, d.Lane, d.Text, d.ID); err != nil {
		return err
	}
	return putContent(t, d)
}

// reschedule points the conversation at its oldest open message, or ends its row. A conversation that is being
// attempted keeps its head until that attempt frees it.
func reschedule(t *tx, d *bridge.Delivery, free bool) error {
	var head, due int64
	var lane bridge.Lane // a conversation's messages may go by different ones
	err := t.row(`SELECT id, due_at, lane FROM message WHERE conversation = ? AND open = 1 ORDER BY id LIMIT 1`,
		d.Conversation).Scan(&head, &due, &lane)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.exec(`DELETE FROM conv WHERE key = ? AND (busy = 0 OR ?)`, d.Conversation, free)
		return err
	}
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO conv (key, lane, head, due) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET lane = excluded.lane, head = excluded.head, due = excluded.due, busy = 0 WHERE busy = 0 OR ?`,
		d.Conversation, lane, head, due, free)
	return err
}

// NextDue returns when the first waiting conversation of the lanes is due.
func (s *Store) NextDue(ctx context.Context, lanes []bridge.Lane) (time.Time, bool, error) {
	var first sql.NullInt64
	for _, lane := range lanes {
		var due sql.NullInt64
		err := s.reader.QueryRowContext(ctx, `SELECT min(due) FROM conv WHERE lane = ? AND busy = 0`, lane).Scan(&due)
		if err != nil {
			return time.Time{}, false, err
		}
		if due.Valid && (!first.Valid || due.Int64 < first.Int64) {
			first = due
		}
	}
	return time.UnixMilli(first.Int64), first.Valid, nil
}

// Recover frees every conversation. A reply whose call to X had begun becomes undecided, because X may have
// taken it; anything else goes back to the queue.
func (s *Store) Recover(ctx context.Context, now time.Time) error {
	return s.write(ctx, func(t *tx) error {
		if err := heal(t, now); err != nil {
			return err
		}
		for _, query := range []string{
			`UPDATE message SET state = CASE WHEN direction = 'out' AND json_extract(nullif(progress, ''), '$.calling_since') IS NOT NULL
				THEN 'undecided' ELSE 'queued' END WHERE state = 'sending'`,
			`UPDATE conv SET busy = 0 WHERE busy = 1`,
		} {
			if _, err := t.exec(query); err != nil {
				return err
			}
		}
		_, err := t.exec(`UPDATE conv SET due = ? WHERE head IN (SELECT id FROM message WHERE state = 'undecided' AND open = 1)`,
			now.UnixMilli())
		return err
	})
}

// Hasten makes what waits in a lane because its side was in trouble due now.
func (s *Store) Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return s.hasten(ctx, lane, now, `(state = 'undecided' OR (state = 'queued' AND error_kind IN ('temporary', 'operator', 'rate_limited')))`)
}

// HastenMended makes what waits in a lane for the admin due now.
func (s *Store) HastenMended(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return s.hasten(ctx, lane, now, `state = 'queued' AND error_kind = 'operator'`)
}

func (s *Store) hasten(ctx context.Context, lane bridge.Lane, now time.Time, which string) error {
	return s.write(ctx, func(t *tx) error {
		at := now.UnixMilli()
		if _, err := t.exec(`UPDATE message SET due_at = ?1 WHERE `+which+`
			AND id IN (SELECT head FROM conv WHERE lane = ?2 AND busy = 0 AND due > ?1)`, at, lane); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE conv SET due = ?1 WHERE lane = ?2 AND busy = 0 AND due > ?1
			AND (SELECT due_at FROM message WHERE id = conv.head) <= ?1`, at, lane)
		return err
	})
}

// Update changes one delivery, unless an attempt is under way.
func (s *Store) Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error {
	return s.write(ctx, func(t *tx) error {
		d, err := scanDelivery(t.row(`SELECT `+columns+fromMessage+`WHERE m.id = ?`, id))
		if errors.Is(err, sql.ErrNoRows) {
			return notFound(id)
		}
		if err != nil {
			return err
		}
		result, err := change(d)
		if err != nil {
			return err
		}
		return finish(t, result, false)
	})
}
