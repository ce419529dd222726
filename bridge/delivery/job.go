package delivery

import (
	"context"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/logkey"
)

// job is one attempt at one delivery. It changes the delivery in place; nothing else has it meanwhile.
type job struct {
	*Worker
	attempts context.Context // ends when nothing may go on
	ch       *bridge.Channel
	hold     account.Hold
	d        *bridge.Delivery
	lane     bridge.Lane // by which it came
	turn     int         // of the breaker of that lane when it began
	learned  bridge.Learned
	spawned  []*bridge.Delivery
	// isHeld keeps the conversation waiting for a reply that is undecided.
	isHeld bool
	// remembered is set when the sender's handle came from the memory and not from X.
	remembered bool
	// isNew is set while nothing was handed on of somebody whom Perch has not met, so that what is next tells who writes.
	isNew bool
	// opened is set when the attempt has found out what the delivery holds, or which way it goes.
	opened bool
	// refreshed is set once a refused encrypted message was encrypted anew in this attempt.
	refreshed bool
	// posts are the texts of a thread; nil for everything else.
	posts []string
	// billed is what X has charged for in this attempt, post by post.
	billed []bridge.BilledKind
	// said is what the history says of an attempt that was settled by itself.
	said string
	// settled is set when the state was decided already (by reconciling).
	settled bool
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

func (j *job) mark(ctx context.Context) error { return j.journal.Mark(ctx, j.d.ID, j.d.Progress) }
