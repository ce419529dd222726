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
	"perch/bridge/account"
	"perch/bridge/logkey"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// attemptLimit bounds one attempt, uploads and X's processing of a video included.
const attemptLimit = 10 * time.Minute

// Attempt tries one claimed delivery and records what came of it. It ends soon after attempts has ended.
func (w *Worker) Attempt(attempts context.Context, d *bridge.Delivery, turn int) {
	ctx, cancel := context.WithTimeout(attempts, attemptLimit)
	defer cancel()
	started := w.now()
	isReconciling := d.State == bridge.Undecided
	ch, hold := w.accounts.Begin(d.Channel)
	j := &job{Worker: w, attempts: attempts, ch: ch, hold: hold, d: d, turn: turn}
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
	j.finish(ctx, result)
	w.logAttempt(ctx, d, result, err)
}

// job is one attempt at one delivery. It changes the delivery in place; nothing else has it meanwhile.
type job struct {
	*Worker
	attempts context.Context // ends when nothing may go on
	ch       *bridge.Channel
	hold     account.Hold
	d        *bridge.Delivery
	turn     int // of the breaker of its lane when it began
	learned  bridge.Learned
	spawned  []*bridge.Delivery
	// isHeld keeps the conversation waiting for a reply that is undecided.
	isHeld bool
	// remembered is set when the sender's handle came from the memory and not from X.
	remembered bool
	// settled is set when the state was decided already (by reconciling).
	settled bool
}

// settle turns the error of an attempt into the delivery's new state.
func (j *job) settle(err error, isReconciling bool) bridge.Result {
	d, now := j.d, j.now()
	result := bridge.Result{Delivery: d}
	switch e := bridge.AsError(err); {
	case j.settled:
		result.Attempt.Number = d.Attempts
		if isReconciling {
			result.Attempt.Number = 0
		}
	case e == nil:
		d.Attempts++
		d.State, d.DeliveredAt, d.Failure = bridge.Delivered, now, nil
		result.Attempt.Number = d.Attempts
		j.sideWorks()
	default:
		j.fail(e, now)
		result.Attempt.Kind, result.Attempt.Code, result.Attempt.Message = e.Kind, e.Code, e.Message
		if e.Kind != bridge.Operator && e.Kind != bridge.RateLimited && !isReconciling {
			result.Attempt.Number = d.Attempts
		}
	}
	result.Held, result.Learned, result.Spawned = j.isHeld, j.learned, j.spawned
	return result
}

// fail decides what an error means for the delivery and for its lane.
func (j *job) fail(e *bridge.Error, now time.Time) {
	d := j.d
	f := bridge.FailureOf(e)
	d.Failure = &f
	shutUntil := j.blame(e, now)
	if j.wasMended(e) {
		d.State, d.DueAt = bridge.Queued, now
		if e.Kind == bridge.Temporary {
			d.Attempts++
		}
		return
	}
	switch e.Kind {
	case bridge.Operator, bridge.RateLimited:
		d.State, d.DueAt = bridge.Queued, wait.Later(shutUntil, wait.Later(e.RetryAt, now.Add(schedule.OutageMost)))
		if !shutUntil.IsZero() {
			d.DueAt = shutUntil
		}
		d.DueAt = wait.Earlier(d.DueAt, now.Add(bridge.MaxWindow))
		d.Progress.Deferrals++
	case bridge.OutcomeUnknown:
		d.Attempts++
		d.State, d.DueAt, j.isHeld = bridge.Undecided, now.Add(reconcileSteps[0]), true
	case bridge.Rejected, bridge.Invalid, bridge.Unreadable:
		d.Attempts++
		d.State = bridge.Dead
	default:
		d.Attempts++
		j.retry(e, now)
	}
}

func (j *job) retry(e *bridge.Error, now time.Time) {
	due, ok := schedule.RetryPolicy{}.Next(now, j.d.ReceivedAt, j.d.Attempts, e.RetryAt)
	if !ok {
		j.d.State = bridge.Dead
		j.d.Failure.Message += "; Perch has tried for five days"
		return
	}
	j.d.State, j.d.DueAt = bridge.Queued, due
}

// blame tells the breaker of the lane about an error of the side that the lane delivers to. An error that lies
// elsewhere says nothing about the lane.
func (j *job) blame(e *bridge.Error, now time.Time) time.Time {
	lane := j.d.Lane
	if e.Side != lane.Side() || (e.Kind == bridge.RateLimited && !isMainEndpoint(e.Endpoint)) {
		j.breakers.Release(lane)
		return time.Time{}
	}
	j.accounts.Note(e.Side, j.d.Channel, now, e)
	if e.Kind == bridge.Rejected || e.Kind == bridge.Invalid {
		j.sideWorks()
		return time.Time{}
	}
	return j.breakers.Failed(lane, j.turn, e, now)
}

// sideWorks resets the breaker of the lane; what waited only for that goes at once.
func (j *job) sideWorks() {
	j.accounts.Note(j.d.Lane.Side(), j.d.Channel, j.now(), nil)
	if !j.breakers.Passed(j.d.Lane) {
		return
	}
	if err := j.journal.Hasten(j.attempts, j.d.Lane, j.now()); err != nil {
		j.log.Warn("hasten failed", logkey.Lane, j.d.Lane, logkey.Error, err)
	}
}

// isMainEndpoint reports whether a limit holds up the whole lane, and not just messages that need one more call.
func isMainEndpoint(endpoint string) bool {
	return endpoint == "" || endpoint == bridge.EndpointDM || endpoint == bridge.EndpointPost
}

// finish records a result. X or Motion has acted already, so it is tried until it is on disk. Who waits for the
// reply is told then; when nobody waits any more, the agent gets a note.
func (j *job) finish(ctx context.Context, r bridge.Result) {
	waiting := j.takeWaiters(r)
	if len(waiting) == 0 {
		r.Spawned = append(r.Spawned, j.noteFor(r)...)
	}
	ctx = context.WithoutCancel(ctx)
	for {
		err := j.journal.Finish(ctx, r)
		if err == nil {
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

func isDeferral(k bridge.Kind) bool { return k == bridge.Operator || k == bridge.RateLimited }

// noteFor makes the line that tells the agent of a reply that failed after Motion's POST was answered.
func (w *Worker) noteFor(r bridge.Result) []*bridge.Delivery {
	m := r.Delivery
	if m.Direction != bridge.Out || (m.State != bridge.Dead && (m.State != bridge.Undecided || r.Held)) {
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

// wasMended reports whether an error says nothing any more, because the client that met it was replaced meanwhile. X
// is not asked anew after an error in which it may have acted all the same.
func (j *job) wasMended(e *bridge.Error) bool {
	if (e.Side != bridge.SideX && e.Side != bridge.SideMotion) || !j.accounts.IsReplaced(j.ch, e.Side) {
		return false
	}
	if e.Side == j.d.Lane.Side() {
		j.breakers.Hurry(j.now(), j.d.Lane)
	}
	return e.Kind == bridge.Operator || (e.Kind == bridge.Temporary && e.Side == bridge.SideMotion)
}
