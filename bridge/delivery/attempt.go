// Package delivery attempts messages, in each direction, and records what came of it. It guarantees that what X or Motion
// has taken is written down before anybody is told; that a text goes before its files and waits for none of them; that a
// call whose answer was lost is never simply repeated but reconciled: Perch looks for the message at X, and where it
// cannot tell, a person decides; and that every attempt ends as one line of the log.
package delivery

import (
	"context"
	"log/slog"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
)

// attemptLimit bounds one attempt, uploads and X's processing of a video included.
const attemptLimit = 10 * time.Minute

// Attempt tries one claimed delivery and records what came of it. It ends soon after attempts has ended. answered is called
// when X is done with a reply: what comes of it is recorded together with the next one's call. What Motion has is recorded
// before anything else goes there, so that a crash repeats as little as possible.
func (w *Worker) Attempt(attempts context.Context, d *bridge.Delivery, turn int, answered func()) {
	ctx, cancel := context.WithTimeout(attempts, attemptLimit)
	defer cancel()
	started := w.now()
	isReconciling := d.State == bridge.Undecided
	ch, hold := w.accounts.Begin(d.Channel)
	j := &job{Worker: w, attempts: attempts, ch: ch, hold: hold, d: d, lane: d.Lane, turn: turn, posts: PostsOf(d, w.measure)}
	var err error
	switch {
	case d.IsHollow():
		err = unreadableContentError(d)
	case isReconciling:
		err = j.reconcile(ctx)
	case d.Direction == bridge.In:
		err = j.deliverIn(ctx)
	default:
		err = j.deliverOut(ctx)
	}
	result := j.settle(err, isReconciling)
	result.Attempt.At, result.Attempt.Took = started, w.now().Sub(started)
	result.Attempt.Outcome = d.State
	if d.Direction == bridge.Out && d.State == bridge.Delivered {
		answered()
	}
	j.finish(ctx, result)
	w.logAttempt(ctx, d, result, err)
}

// finish records a result. X or Motion has acted already, so it is tried until it is on disk. Who waits for the
// reply is told then; when nobody waits any more, the agent gets a note.
func (j *job) finish(ctx context.Context, r bridge.Result) {
	waiting := j.takeWaiters(r)
	if len(waiting) == 0 {
		r.Spawned = append(r.Spawned, j.noteFor(r)...)
	}
	r.Billed = j.billed
	if d := r.Delivery; d.Direction == bridge.Out && d.State == bridge.Delivered {
		if len(j.posts) == 0 {
			r.Billed = j.ch.BilledSend(d.Kind, d.Text)
		}
		r.Spawned = append(r.Spawned, j.linkNote(d)...)
	}
	ctx = context.WithoutCancel(ctx)
	for {
		err := j.journal.Finish(ctx, r)
		if err == nil {
			j.meter.Attempted(r.Delivery, r.Attempt)
			break
		}
		j.log.Error("record attempt failed", logkey.Delivery, r.Delivery.ID, logkey.Error, err)
		if j.attempts.Err() != nil {
			break // Recover deals with it at the next start
		}
		wait.Pause(j.attempts, bridge.JournalPause)
	}
	for _, c := range waiting {
		c <- bridge.OutcomeOf(r.Delivery)
	}
	j.feed.Publish(r.Delivery)
}

// takeWaiters takes those who wait for a reply, unless the outcome may still come within their time.
func (w *Worker) takeWaiters(r bridge.Result) []chan bridge.Outcome {
	m := r.Delivery
	switch {
	case m.Direction == bridge.In:
		return nil
	case m.State.IsFinal(), m.State == bridge.Undecided && !r.Held, w.scheduler.MustWait(m), m.Failure != nil && isDeferral(m.Failure.Kind):
		return w.waiters.Take(m.ID)
	}
	return nil
}

// noteFor makes the line that tells the agent of a reply that failed after Motion's POST was answered, and of one that was sent
// in other words.
func (w *Worker) noteFor(r bridge.Result) []*bridge.Delivery {
	m := r.Delivery
	isTold := m.State == bridge.Dead || m.State == bridge.Undecided && !r.Held || m.State == bridge.Delivered && m.Progress.Edited
	if m.Direction != bridge.Out || !isTold {
		return nil
	}
	return []*bridge.Delivery{noteTo(m, noteText(m), w.now())}
}

// logAttempt writes the one wide line of an attempt.
func (w *Worker) logAttempt(ctx context.Context, m *bridge.Delivery, r bridge.Result, err error) {
	level := slog.LevelInfo
	args := []slog.Attr{
		slog.Int64(logkey.Delivery, m.ID), slog.String(logkey.Channel, m.Channel), slog.String(logkey.Direction, string(m.Direction)),
		slog.String(logkey.Kind, string(m.Kind)), slog.String(logkey.State, string(m.State)), slog.Int("attempt", r.Attempt.Number),
		slog.Int64("took_ms", r.Attempt.Took.Milliseconds()), slog.Int64("age_ms", w.now().Sub(m.ReceivedAt).Milliseconds()),
		slog.String("x_id", m.XID), slog.String("motion_id", m.MotionID),
	}
	if err != nil {
		level = slog.LevelWarn
		args = append(args, slog.String("error_kind", string(bridge.KindOf(err))), slog.String("code", bridge.AsError(err).Code), slog.String(logkey.Error, err.Error()))
	}
	if m.State == bridge.Queued {
		args = append(args, slog.Time("due_at", m.DueAt))
	}
	if m.State == bridge.Dead {
		level = slog.LevelError
	}
	w.log.LogAttrs(ctx, level, "delivery attempted", args...)
}
