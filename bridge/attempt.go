package bridge

import (
	"context"
	"log/slog"
	"time"
)

// attempt tries one claimed delivery and records what came of it.
func (d *dispatcher) attempt(ctx context.Context, delivery *Delivery, since moment) {
	started := d.now()
	looking := delivery.State == Undecided
	ch, guard := d.channels[delivery.Channel].begin()
	j := &job{dispatcher: d, ch: ch, guard: guard, d: delivery, turn: since.turn}
	var err error
	switch {
	case delivery.IsHollow():
		err = unreadableContentError(delivery)
	case looking:
		err = j.look(ctx)
	case delivery.Direction == In:
		err = j.deliverIn(ctx)
	default:
		err = j.deliverOut(ctx)
	}
	result := j.settle(err, looking)
	result.Attempt.At, result.Attempt.Took = started, d.now().Sub(started)
	result.Attempt.Outcome = delivery.State
	d.finish(ctx, result)
	if delivery.State == Queued && since.resumes != d.resumes.Load() {
		d.hasten(ctx, delivery.ID)
	}
	d.logAttempt(ctx, delivery, result, err)
}

// moment is when an attempt began, in the wishes for another try that had been said by then.
type moment struct {
	turn    int
	resumes int64
}

// hasten makes a message due whose attempt was under way when somebody asked for another.
func (d *dispatcher) hasten(ctx context.Context, id int64) {
	err := d.journal.Update(context.WithoutCancel(ctx), id, func(m *Delivery) (Result, error) {
		if m.State != Queued { // it has been claimed again
			return Result{}, notNowError(m, "hastened")
		}
		m.DueAt = earlier(m.DueAt, d.now())
		return Result{Delivery: m}, nil
	})
	if err != nil {
		d.log.Info("not hastened", keyDelivery, id, keyError, err)
	}
	signal(d.wake)
}

// job is one attempt at one delivery. It changes the delivery in place; nothing else holds it meanwhile.
type job struct {
	*dispatcher
	ch      *Channel
	guard   guard
	d       *Delivery
	turn    int
	learned Learned
	spawned []*Delivery
	held    bool
	// remembered is set when the sender's handle came from the memory and not from X.
	remembered bool
	// settled is set when the state was decided already (a look).
	settled bool
}

// settle turns the error of an attempt into the delivery's new state.
func (j *job) settle(err error, looking bool) Result {
	d, now := j.d, j.now()
	result := Result{Delivery: d}
	switch e := AsError(err); {
	case j.settled:
		result.Attempt.Number = d.Attempts
		if looking {
			result.Attempt.Number = 0
		}
	case e == nil:
		d.Attempts++
		d.State, d.DeliveredAt, d.Failure = Delivered, now, nil
		result.Attempt.Number = d.Attempts
		j.sideWorks()
	default:
		j.fail(e, now)
		result.Attempt.Kind, result.Attempt.Code, result.Attempt.Message = e.Kind, e.Code, e.Message
		if e.Kind != Operator && e.Kind != RateLimited && !looking {
			result.Attempt.Number = d.Attempts
		}
	}
	result.Held, result.Learned, result.Spawned = j.held, j.learned, j.spawned
	return result
}

// fail decides what an error means for the delivery and for its lane.
func (j *job) fail(e *Error, now time.Time) {
	d := j.d
	f := failureFrom(e)
	d.Failure = &f
	shutUntil := j.blame(e, now)
	if j.wasMended(e) {
		d.State, d.DueAt = Queued, now
		if e.Kind == Temporary {
			d.Attempts++
		}
		return
	}
	switch e.Kind {
	case Operator, RateLimited:
		d.State, d.DueAt = Queued, later(shutUntil, later(e.RetryAt, now.Add(outageMost)))
		if !shutUntil.IsZero() {
			d.DueAt = shutUntil
		}
		d.DueAt = earlier(d.DueAt, now.Add(MaxWindow))
		d.Progress.Deferrals++
	case OutcomeUnknown:
		d.Attempts++
		d.State, d.DueAt, j.held = Undecided, now.Add(lookSteps[0]), true
	case Rejected, Invalid, Unreadable:
		d.Attempts++
		d.State = Dead
	default:
		d.Attempts++
		j.retry(e, now)
	}
}

func (j *job) retry(e *Error, now time.Time) {
	due, ok := RetryPolicy{}.Next(now, j.d.ReceivedAt, j.d.Attempts, e.RetryAt)
	if !ok {
		j.d.State = Dead
		j.d.Failure.Message += "; Perch has tried for five days"
		return
	}
	j.d.State, j.d.DueAt = Queued, due
}

// blame tells the gate of the lane about an error of the side that the lane delivers to. An error that lies
// elsewhere says nothing about the lane.
func (j *job) blame(e *Error, now time.Time) time.Time {
	lane := j.d.Lane
	if e.Side != lane.Side() || (e.Kind == RateLimited && !isMainEndpoint(e.Endpoint)) {
		j.gates.release(lane)
		return time.Time{}
	}
	j.accounts.note(e.Side, j.d.Channel, now, e)
	if e.Kind == Rejected || e.Kind == Invalid {
		j.sideWorks()
		return time.Time{}
	}
	return j.gates.failed(lane, j.turn, e, now)
}

// sideWorks opens the lane; what waited only for that goes at once.
func (j *job) sideWorks() {
	j.accounts.note(j.d.Lane.Side(), j.d.Channel, j.now(), nil)
	if !j.gates.passed(j.d.Lane) {
		return
	}
	if err := j.journal.Hasten(j.attempts, j.d.Lane, j.now()); err != nil {
		j.log.Warn("hasten failed", keyLane, j.d.Lane, keyError, err)
	}
}

// isMainEndpoint reports whether a limit holds up the whole lane, and not just messages that need one more call.
func isMainEndpoint(endpoint string) bool {
	return endpoint == "" || endpoint == EndpointDM || endpoint == EndpointPost
}

// The endpoints that make X send something; X's client reports their limits under these names.
const (
	EndpointDM   = "dm.send"
	EndpointPost = "post.create"
)

// finish records a result. X or Motion has acted already, so it is tried until it is on disk. Who waits for the
// reply is told then; when nobody waits any more, the agent gets a note.
func (d *dispatcher) finish(ctx context.Context, r Result) {
	waiting := d.takeWaiters(r)
	if len(waiting) == 0 {
		r.Spawned = append(r.Spawned, d.noteFor(r)...)
	}
	ctx = context.WithoutCancel(ctx)
	for {
		err := d.journal.Finish(ctx, r)
		if err == nil {
			break
		}
		d.log.Error("record attempt failed", keyDelivery, r.Delivery.ID, keyError, err)
		if d.attempts.Err() != nil {
			break // Recover deals with it at the next start
		}
		pause(d.attempts, journalPause)
	}
	for _, c := range waiting {
		c <- outcomeOf(r.Delivery)
	}
	d.feed.Publish(r.Delivery)
}

// takeWaiters takes those who wait for a reply, unless the outcome may still come within their time.
func (d *dispatcher) takeWaiters(r Result) []chan Outcome {
	m := r.Delivery
	switch {
	case m.Direction == In:
		return nil
	case m.State.IsFinal(), m.State == Undecided && !r.Held, d.mustWait(m), m.Failure != nil && isDeferral(m.Failure.Kind):
		return d.waiters.take(m.ID)
	}
	return nil
}

func isDeferral(k Kind) bool { return k == Operator || k == RateLimited }

// noteFor makes the line that tells the agent of a reply that failed after Motion's POST was answered.
func (d *dispatcher) noteFor(r Result) []*Delivery {
	m := r.Delivery
	if m.Direction != Out || (m.State != Dead && (m.State != Undecided || r.Held)) {
		return nil
	}
	return []*Delivery{noteTo(m, noteText(m), d.now())}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// logAttempt writes the one wide line of an attempt.
func (d *dispatcher) logAttempt(ctx context.Context, m *Delivery, r Result, err error) {
	level := slog.LevelInfo
	args := []slog.Attr{
		slog.Int64(keyDelivery, m.ID), slog.String(keyChannel, m.Channel), slog.String(keyDirection, string(m.Direction)),
		slog.String(keyKind, string(m.Kind)), slog.String(keyState, string(m.State)), slog.Int("attempt", r.Attempt.Number),
		slog.Int64("took_ms", r.Attempt.Took.Milliseconds()), slog.Int64("age_ms", d.now().Sub(m.ReceivedAt).Milliseconds()),
		slog.String("x_id", m.XID), slog.String("motion_id", m.MotionID),
	}
	if err != nil {
		level = slog.LevelWarn
		args = append(args, slog.String("error_kind", string(KindOf(err))), slog.String("code", AsError(err).Code), slog.String(keyError, err.Error()))
	}
	if m.State == Queued {
		args = append(args, slog.Time("due_at", m.DueAt))
	}
	if m.State == Dead {
		level = slog.LevelError
	}
	d.log.LogAttrs(ctx, level, "delivery attempted", args...)
}
