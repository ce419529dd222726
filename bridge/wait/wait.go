// Package wait lets goroutines wait for a time, for news or for their end, whichever comes first. Nothing in it blocks
// longer than the context that it is given.
package wait

import (
	"context"
	"time"
)

// Signal tells one waiting goroutine that there is news. It holds at most one piece, so that sending never blocks. Make
// it with NewSignal; it is safe for concurrent use.
type Signal chan struct{}

// NewSignal returns a Signal without news.
func NewSignal() Signal { return make(Signal, 1) }

// Send leaves news, unless there is some already.
func (s Signal) Send() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// Pause waits for d, and reports whether ctx goes on.
func Pause(ctx context.Context, d time.Duration) bool { return PauseOr(ctx, d, nil) }

// PauseOr waits for d or until there is news, and reports whether ctx goes on.
func PauseOr(ctx context.Context, d time.Duration, news <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-news:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// Earlier returns the earlier of two times.
func Earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Later returns the later of two times.
func Later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
