package postgres

import (
	"context"
	"time"

	"perch/bridge"
)

// healMargin is how much longer than X's longest limit anything may wait before it counts as a mistake.
const healMargin = 2 * time.Hour

// Recover frees every conversation. A reply whose call to X had begun becomes undecided, because X may have
// taken it; anything else goes back to the queue.
func (s *Store) Recover(ctx context.Context, now time.Time) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.write(ctx, func(t *tx) error {
		t.onceSettled(s.flight.clear)
		heal(t, now)
		t.queue(`UPDATE message SET state = CASE WHEN direction = 'out' AND calling THEN 'undecided' ELSE 'queued' END WHERE state = 'sending'`)
		t.queue(`UPDATE conv SET due = $1 WHERE head IN (SELECT id FROM message WHERE state = 'undecided' AND open)`, moment(now))
		return nil
	})
}

// heal mends what a journal may hold of times that never made sense: limits that end in thousands of years, messages that wait
// for them, and such as came in later than now, by a clock that was wrong.
func heal(t *tx, now time.Time) {
	at, last := moment(now), moment(now.Add(bridge.MaxWindow+healMargin))
	t.queue(`DELETE FROM quota WHERE reset_at > $1 OR reset_at < $2`, last, longAgo)
	t.queue(`UPDATE message SET due_at = $1 WHERE open AND due_at > $2`, at, last)
	t.queue(`UPDATE conv SET due = $1 WHERE due > $2`, at, last)
	t.queue(`UPDATE conv SET due = $1 WHERE due > $1 AND (SELECT received_at FROM message WHERE id = conv.head) > $1`, at)
}

// Hasten makes what waits in a lane because its side was in trouble due now, and what came in by a clock that was wrong.
func (s *Store) Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return s.hasten(ctx, lane, now, `(state = 'undecided' OR (state = 'queued' AND (error_kind IN ('temporary', 'operator', 'rate_limited') OR received_at > $1)))`)
}

// HastenMended makes what waits in a lane for the admin due now.
func (s *Store) HastenMended(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return s.hasten(ctx, lane, now, `state = 'queued' AND error_kind = 'operator'`)
}

func (s *Store) hasten(ctx context.Context, lane bridge.Lane, now time.Time, which string) error {
	return s.write(ctx, func(t *tx) error {
		at := moment(now)
		t.queue(`UPDATE message SET due_at = $1 WHERE `+which+` AND id IN (SELECT head FROM conv WHERE lane = $2 AND due > $1)`, at, string(lane))
		t.queue(`UPDATE conv SET due = $1 WHERE lane = $2 AND due > $1
			AND (SELECT coalesce(due_at, $3) FROM message WHERE id = conv.head) <= $1`, at, string(lane), longAgo)
		return nil
	})
}
