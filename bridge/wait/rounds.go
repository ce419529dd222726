package wait

import (
	"context"
	"sync/atomic"
	"time"
)

// roundPoll is the time between two looks whether a loop has made a round.
const roundPoll = 20 * time.Millisecond

// Rounds counts the rounds of a loop, by which others see that it is alive. The zero value is ready; it is safe for concurrent
// use.
type Rounds struct{ made atomic.Int64 }

// Made notes a round.
func (r *Rounds) Made() { r.made.Add(1) }

// Await wakes the loop and returns nil once it has made a round. It ends with ctx.
func (r *Rounds) Await(ctx context.Context, wake Signal) error {
	before := r.made.Load()
	wake.Send()
	for r.made.Load() == before {
		if !Pause(ctx, roundPoll) {
			return ctx.Err()
		}
	}
	return nil
}
