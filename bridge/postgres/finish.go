package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// Finish stores the result of an attempt, all of it in one transaction, and frees the conversation.
func (s *Store) Finish(ctx context.Context, r bridge.Result) error {
	conversation := r.Delivery.Conversation
	if one, ok := s.flight.get(r.Delivery.ID); ok {
		conversation = one.conversation
	}
	return s.writeOf(ctx, append(conversationsOf(r.Spawned), conversation), func(t *tx) error {
		var was before
		t.queue(`SELECT state, sender, recipient FROM message WHERE id = $1 FOR UPDATE`, r.Delivery.ID).QueryRow(func(row pgx.Row) error {
			err := row.Scan(&was.state, &was.from, &was.to)
			if errors.Is(err, pgx.ErrNoRows) {
				return notFound(r.Delivery.ID)
			}
			return err
		})
		if err := t.flush(); err != nil {
			return err
		}
		if err := s.finish(t, r, was); err != nil {
			return err
		}
		reschedule(t, conversation, r.Attempt.At)
		t.onceSettled(func() { s.flight.end(r.Delivery.ID) })
		return nil
	})
}

// before is what a message was, as far as that matters for what it becomes.
type before struct {
	state    bridge.State
	from, to string
}

func (s *Store) finish(t *tx, r bridge.Result, was before) error {
	saveDelivery(t, r, was)
	if was.state != bridge.Delivered { // a result that is recorded twice is counted once
		bills := map[bridge.BillKey]int{}
		for _, kind := range r.Billed {
			if kind != "" {
				bills[bridge.BillKey{Day: bridge.BillDay(r.Attempt.At), Channel: r.Delivery.Channel, Kind: kind}]++
			}
		}
		addBills(t, bills)
	}
	addAttempt(t, r.Delivery.ID, r.Attempt)
	s.learn(t, r.Delivery.Channel, r.Learned)
	return s.insert(t, r.Spawned)
}

// saveDelivery stores what an attempt may change. Each way has an id that never changes once it is there.
func saveDelivery(t *tx, r bridge.Result, was before) {
	d, f := r.Delivery, failureOf(r.Delivery)
	isOut := d.Direction == bridge.Out
	id, idColumn := d.MotionID, "motion_id"
	if isOut {
		id, idColumn = d.XID, "x_id"
	}
	t.queue(`UPDATE message SET state = $2, open = $3, `+idColumn+` = $4, thread_id = $5, sender = $6, recipient = $7, media = $8::text::json,
		progress = $9::text::json, calling = $10, waits = $11, attempts = $12, due_at = $13, delivered_at = $14,
		error_kind = $15, error_message = $16, error_remedy = $17, peer_id = CASE WHEN $18 THEN $19 ELSE peer_id END WHERE id = $1`,
		d.ID, string(d.State), d.State == bridge.Queued || r.Held, orNull(id), d.ThreadID, d.From, d.To, encodeMedia(d.Media),
		encodeProgress(d.Progress), !d.Progress.CallingSince.IsZero(), d.Progress.Waits, d.Attempts, stamp(d.DueAt), stamp(d.DeliveredAt),
		string(f.Kind), f.Message, f.Remedy, isOut, d.PeerID)
	if r.Opened {
		t.queue(`UPDATE message SET kind = $2, lane = $3, text = $4, x_id = $5, motion_id = $6 WHERE id = $1`,
			d.ID, string(d.Kind), string(d.Lane), d.Text, orNull(d.XID), orNull(d.MotionID))
		t.queue(`INSERT INTO content AS c VALUES ($1, $2::text::json, '') ON CONFLICT (message) DO UPDATE SET body = coalesce(excluded.body, c.body)`, d.ID, bodyOf(d))
	}
	switch {
	case r.Opened:
		t.queue(`UPDATE content SET said = $2 WHERE message = $1 AND said <> $2`, d.ID, saidBy(d))
	case cleanText(d.From) != was.from || cleanText(d.To) != was.to: // the text of one that was not opened is not the caller's to change
		t.queue(`UPDATE content SET said = split_part(said, $2, 1) || $3 WHERE message = $1`, d.ID, saidMark, saidNames(d))
	}
}

// reschedule points a conversation, whose lock is held, at its oldest open message, or ends its row. One that came in later than
// now came by a clock that was wrong: it does not wait for that time.
func reschedule(t *tx, conversation string, now time.Time) {
	t.queue(`WITH next AS (SELECT conversation, lane, id, CASE WHEN received_at > $2 THEN least(coalesce(due_at, $3), $2) ELSE coalesce(due_at, $3) END
			FROM message WHERE conversation = $1 AND open ORDER BY id LIMIT 1),
		ended AS (DELETE FROM conv WHERE key = $1 AND NOT EXISTS (SELECT FROM next))
		INSERT INTO conv (key, lane, head, due) SELECT * FROM next
		ON CONFLICT (key) DO UPDATE SET lane = excluded.lane, head = excluded.head, due = excluded.due`, conversation, stamp(now), longAgo)
}

// Update changes one delivery. One that is being attempted is Sending, and not to be changed.
func (s *Store) Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error {
	s.turn.Lock() // nobody claims it meanwhile
	defer s.turn.Unlock()
	return s.write(ctx, func(t *tx) error {
		d, err := lockDelivery(t, id)
		if err != nil {
			return err
		}
		was := before{d.State, d.From, d.To}
		s.flight.show(d)
		result, err := change(d)
		if err != nil {
			return err
		}
		conversation := d.Conversation
		for _, key := range conversationsOf(result.Spawned) {
			t.queue(`SELECT pg_advisory_xact_lock($1::int, hashtext($2))`, lockConversation, key)
		}
		if err := s.finish(t, result, was); err != nil {
			return err
		}
		reschedule(t, conversation, result.Attempt.At)
		return nil
	})
}

// lockDelivery reads a message and keeps others from changing it and its conversation.
func lockDelivery(t *tx, id int64) (d *bridge.Delivery, err error) {
	t.queue(`SELECT pg_advisory_xact_lock($1::int, hashtext(conversation)) FROM message WHERE id = $2`, lockConversation, id)
	t.queue(`SELECT `+columns+fromMessage+`WHERE m.id = $1 FOR UPDATE OF m`, id).QueryRow(func(row pgx.Row) error {
		d, err = scanDelivery(row)
		if errors.Is(err, pgx.ErrNoRows) {
			return notFound(id)
		}
		return err
	})
	err = t.flush()
	return d, err
}
