package delivery

import (
	"time"

	"perch/bridge"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// settle turns the error of an attempt into the delivery's new state.
func (j *job) settle(err error, isReconciling bool) bridge.Result {
	d, now := j.d, j.now()
	result := bridge.Result{Delivery: d}
	switch e := bridge.AsError(err); {
	case j.settled:
		j.breakers.Release(j.lane) // it may have been the one that was let through to try
		result.Attempt.Number, result.Attempt.Message = d.Attempts, j.said
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
	result.Held, result.Learned, result.Spawned, result.Opened = j.isHeld, j.learned, j.spawned, j.opened
	return result
}

// fail decides what an error means for the delivery and for its lane.
func (j *job) fail(e *bridge.Error, now time.Time) {
	d := j.d
	f := bridge.FailureOf(e)
	f.Message = j.partlySent() + f.Message
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

// isMainEndpoint reports whether a limit holds up the whole lane, and not just messages that need one more call.
func isMainEndpoint(endpoint string) bool {
	return endpoint == "" || endpoint == bridge.EndpointDM || endpoint == bridge.EndpointChat || endpoint == bridge.EndpointPost
}

func isDeferral(k bridge.Kind) bool { return k == bridge.Operator || k == bridge.RateLimited }
