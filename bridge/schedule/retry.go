package schedule

import (
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v4"

	"perch/bridge/wait"
)

// retrySteps is the wait before attempt 2, 3, …; the last one repeats until Lifetime is over.
var retrySteps = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
}

const (
	// Lifetime is how long after its arrival a delivery is still tried.
	Lifetime = 5 * 24 * time.Hour
	// retryJitter spreads each wait but the first by up to this share, so that a crowd does not come back at once.
	retryJitter = 0.2
)

// RetryPolicy says when a failed attempt is repeated: 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 5 h, then every
// 10 h until five days after arrival. The zero value is ready; it is safe for concurrent use.
type RetryPolicy struct{}

// Next returns when to try again after the given number of counted attempts, or false when the delivery has
// run out of time. A later time in notBefore (Retry-After) wins, but never outlives the delivery.
func (RetryPolicy) Next(now, receivedAt time.Time, attempts int, notBefore time.Time) (time.Time, bool) {
	schedule := &ladder{step: max(attempts, 1) - 1, elapsed: now.Sub(receivedAt)}
	next := schedule.NextBackOff()
	if next == backoff.Stop {
		return time.Time{}, false
	}
	due := now.Add(next)
	if end := receivedAt.Add(Lifetime); notBefore.After(end) {
		notBefore = end
	}
	return wait.Later(due, notBefore), true
}

// ladder is the retry table as a backoff.BackOff, so that loops inside the process climb the same steps.
type ladder struct {
	step    int
	elapsed time.Duration
}

// NextBackOff implements backoff.BackOff.
func (l *ladder) NextBackOff() time.Duration {
	wait := retrySteps[min(l.step, len(retrySteps)-1)]
	if l.elapsed+wait > Lifetime {
		return backoff.Stop
	}
	if l.step > 0 {
		wait += time.Duration(rand.Float64() * retryJitter * float64(wait))
	}
	l.step++
	l.elapsed += wait
	return wait
}

// Reset implements backoff.BackOff.
func (l *ladder) Reset() { l.step, l.elapsed = 0, 0 }

// limitJitter returns the 1–4 s that Perch stays away after a rate limit's reset.
func limitJitter() time.Duration {
	return time.Second + time.Duration(rand.Int64N(int64(3*time.Second)))
}
