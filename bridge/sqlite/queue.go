package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"perch/bridge"
)

// Claim takes up to N due conversations of each lane, the longest due first. Its cost does not grow with the
// number of conversations that are not due. It writes nothing: a crash ends what was claimed, and until X is called (Mark)
// nothing has to be known of it.
func (s *Store) Claim(ctx context.Context, quotas []bridge.LaneQuota, now time.Time) ([]*bridge.Delivery, error) {
	var claimed []*bridge.Delivery
	drop := func() {
		for _, d := range claimed {
			s.flight.end(d.ID)
		}
		claimed = nil
	}
	// By the committer, so that nobody changes or discards a message that is claimed meanwhile.
	err := s.commit(ctx, &op{isRead: true, done: make(chan error, 1), run: func(t *tx) error {
		drop() // this may run again when the shared transaction failed
		if err := s.probe(t); err != nil {
			return err
		}
		for _, q := range quotas {
			heads, err := s.heads(t, q, now)
			if err != nil {
				return err
			}
			found, err := deliveriesByID(t, heads)
			if err != nil {
				return err
			}
			for _, d := range found {
				s.flight.begin(d)
				if d.State == bridge.Queued {
					d.State = bridge.Sending
				}
				claimed = append(claimed, d)
			}
		}
		return nil
	}})
	if err != nil {
		drop()
	}
	return claimed, err
}

// probe writes something when the last write has failed: as long as nothing can be recorded, nothing is attempted.
func (s *Store) probe(t *tx) error {
	if !s.isFailing {
		return nil
	}
	_, err := t.exec(`UPDATE setting SET value = value WHERE key = 'unpacked'`)
	return err
}

// heads returns the messages that are next in conversations which are due and not being served.
func (s *Store) heads(t *tx, q bridge.LaneQuota, now time.Time) ([]int64, error) {
	// Without LIMIT: SQLite prepares a statement anew for each other limit that is bound to it.
	rows, err := t.query(`SELECT key, head FROM conv WHERE lane = ? AND busy = 0 AND due <= ? ORDER BY due`, q.Lane, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var heads []int64
	for len(heads) < q.N && rows.Next() {
		var conversation string
		var id int64
		if err := rows.Scan(&conversation, &id); err != nil {
			return nil, err
		}
		if !s.flight.isBusy(conversation) {
			heads = append(heads, id)
		}
	}
	return heads, rows.Err()
}

// Mark stores the progress of a claimed delivery. Once X is being called, the message is Sending on disk too.
func (s *Store) Mark(ctx context.Context, id int64, progress bridge.Progress) error {
	isCalling := false
	return s.commit(ctx, &op{canLinger: true, isFlying: true, done: make(chan error, 1), run: func(t *tx) error {
		isCalling = false
		if !progress.CallingSince.IsZero() {
			was, err := sortOnDisk(t, s.flight, id)
			if err != nil {
				return err
			}
			if isCalling = was.state == bridge.Queued; isCalling {
				now := was
				now.state = bridge.Sending
				t.tally.move(was, now)
			}
		}
		if isCalling {
			_, err := t.exec(`UPDATE message SET progress = ?, state = 'sending' WHERE id = ?`, encodeProgress(progress), id)
			return err
		}
		_, err := t.exec(`UPDATE message SET progress = ? WHERE id = ?`, encodeProgress(progress), id)
		return err
	}, kept: func() {
		if isCalling {
			s.flight.called(id)
		}
	}})
}

// Finish stores the result of an attempt, all of it in one transaction, and frees the conversation.
func (s *Store) Finish(ctx context.Context, r bridge.Result) error {
	return s.commit(ctx, &op{canLinger: true, isFlying: true, done: make(chan error, 1), run: func(t *tx) error {
		was, err := sortOnDisk(t, s.flight, r.Delivery.ID)
		if err != nil {
			return err
		}
		if err := finish(t, r, was); err != nil {
			return err
		}
		return reschedule(t, r.Delivery.Conversation, r.Attempt.At)
	}, kept: func() { s.flight.end(r.Delivery.ID) }})
}

func finish(t *tx, r bridge.Result, was sort) error {
	if err := saveDelivery(t, r); err != nil {
		return err
	}
	is := was
	if is.state = r.Delivery.State; r.Opened {
		is.kind = r.Delivery.Kind
	}
	t.tally.move(was, is)
	if was.state != bridge.Delivered { // a result that is recorded twice is counted once
		for _, kind := range r.Billed {
			t.bill(r.Attempt.At, r.Delivery.Channel, kind)
		}
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
	return nil
}

func saveDelivery(t *tx, r bridge.Result) error {
	d, f := r.Delivery, failureOf(r.Delivery)
	open := d.State == bridge.Queued || r.Held
	// Each way has an id that never changes once it is there; to write it would cost a change of its index.
	id, idColumn := d.MotionID, "motion_id"
	peer := "" // whose it is was known when it came
	values := []any{
		d.State, open, nil, d.ThreadID, d.From, d.To, encodeMedia(d.Media), encodeProgress(d.Progress), d.Attempts, toMilli(d.DueAt),
		toMilli(d.DeliveredAt), string(f.Kind), f.Message, f.Remedy,
	}
	if d.Direction == bridge.Out {
		id, idColumn, peer = d.XID, "x_id", "peer_id = ?, "
		values = append(values[:6:6], append([]any{d.PeerID}, values[6:]...)...)
	}
	values[2] = orNull(id)
	_, err := t.exec(`UPDATE message SET state = ?, open = ?, `+idColumn+` = ?, thread_id = ?, sender = ?,
		recipient = ?, `+peer+`media = ?, progress = ?, attempts = ?, due_at = ?, delivered_at = ?,
		error_kind = ?, error_message = ?, error_remedy = ? WHERE id = ?`, append(values, d.ID)...)
	if err != nil || !r.Opened {
		return err
	}
	if _, err := t.exec(`UPDATE message SET kind = ?, lane = ?, text = ?, x_id = ?, motion_id = ? WHERE id = ?`,
		d.Kind, d.Lane, d.Text, orNull(d.XID), orNull(d.MotionID), d.ID); err != nil {
		return err
	}
	return putContent(t, d)
}

// reschedule points the conversation at its oldest open message, or ends its row. One that came in later than now came by a
// clock that was wrong: it does not wait for that time.
func reschedule(t *tx, conversation string, now time.Time) error {
	var head, due, received int64
	var lane bridge.Lane // a conversation's messages may go by different ones
	err := t.row(`SELECT id, due_at, received_at, lane FROM message WHERE conversation = ? AND open = 1 ORDER BY id LIMIT 1`,
		conversation).Scan(&head, &due, &received, &lane)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.exec(`DELETE FROM conv WHERE key = ?`, conversation)
		return err
	}
	if err != nil {
		return err
	}
	if at := now.UnixMilli(); !now.IsZero() && received > at {
		due = min(due, at)
	}
	_, err = t.exec(`INSERT INTO conv (key, lane, head, due) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET lane = excluded.lane, head = excluded.head, due = excluded.due`, conversation, lane, head, due)
	return err
}

// NextDue returns when the first waiting conversation of the lanes is due.
func (s *Store) NextDue(ctx context.Context, lanes []bridge.Lane) (first time.Time, isWaiting bool, err error) {
	for _, lane := range lanes {
		due, ok, err := s.nextDue(ctx, lane)
		if err != nil {
			return time.Time{}, false, err
		}
		if ok && (!isWaiting || due.Before(first)) {
			first, isWaiting = due, true
		}
	}
	return first, isWaiting, nil
}

func (s *Store) nextDue(ctx context.Context, lane bridge.Lane) (time.Time, bool, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT key, due FROM conv WHERE lane = ? AND busy = 0 ORDER BY due`, lane)
	if err != nil {
		return time.Time{}, false, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var conversation string
		var due int64
		if err := rows.Scan(&conversation, &due); err != nil {
			return time.Time{}, false, err
		}
		if !s.flight.isBusy(conversation) {
			return time.UnixMilli(due), true, nil
		}
	}
	return time.Time{}, false, rows.Err()
}

// Recover frees every conversation. A reply whose call to X had begun becomes undecided, because X may have
// taken it; anything else goes back to the queue.
func (s *Store) Recover(ctx context.Context, now time.Time) error {
	return s.write(ctx, func(t *tx) error {
		s.flight.clear()
		if err := heal(t, now); err != nil {
			return err
		}
		if err := settleSending(t); err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE conv SET busy = 0 WHERE busy = 1`); err != nil { // as an earlier Perch has left it
			return err
		}
		_, err := t.exec(`UPDATE conv SET due = ? WHERE head IN (SELECT id FROM message WHERE state = 'undecided' AND open = 1)`,
			now.UnixMilli())
		return err
	})
}

// settleSending decides what was being attempted when Perch ended.
func settleSending(t *tx) error {
	const settled = `CASE WHEN direction = 'out' AND json_extract(nullif(progress, ''), '$.calling_since') IS NOT NULL THEN 'undecided' ELSE 'queued' END`
	rows, err := t.query(`SELECT channel, direction, kind, ` + settled + `, count(*) FROM message WHERE state = 'sending' GROUP BY 1, 2, 3, 4`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s sort
		var n int
		if err := rows.Scan(&s.channel, &s.direction, &s.kind, &s.state, &n); err != nil {
			return err
		}
		t.tally.add(s, n)
		s.state = bridge.Sending
		t.tally.add(s, -n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = t.exec(`UPDATE message SET state = ` + settled + ` WHERE state = 'sending'`)
	return err
}

// Hasten makes what waits in a lane because its side was in trouble due now, and what came in by a clock that was wrong.
func (s *Store) Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return s.hasten(ctx, lane, now, `(state = 'undecided' OR (state = 'queued' AND (error_kind IN ('temporary', 'operator', 'rate_limited') OR received_at > ?1)))`)
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

// Update changes one delivery. One that is being attempted is Sending, and not to be changed.
func (s *Store) Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error {
	return s.write(ctx, func(t *tx) error {
		d, err := scanDelivery(t.row(`SELECT `+columns+fromMessage+`WHERE m.id = ?`, id))
		if errors.Is(err, sql.ErrNoRows) {
			return notFound(id)
		}
		if err != nil {
			return err
		}
		was := sortOf(d)
		s.flight.show(d)
		result, err := change(d)
		if err != nil {
			return err
		}
		if err := finish(t, result, was); err != nil || s.flight.isBusy(d.Conversation) {
			return err // the attempt under way puts the next one in its place
		}
		return reschedule(t, d.Conversation, result.Attempt.At)
	})
}
