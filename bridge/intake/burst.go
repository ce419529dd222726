package intake

import (
	"sync/atomic"
	"time"
)

const (
	// burstSize and burstWithin are how many posts within how long make a burst: more than 2,000 a second.
	burstSize   = 8
	burstWithin = 4 * time.Millisecond
	// burstWaiting is how many posts that wait for a slow disk make one too.
	burstWaiting = 4
)

// burst tells whether much comes in at the moment. The zero value has seen nothing; it is safe for concurrent use.
type burst struct {
	n       atomic.Uint64
	last    [burstSize]atomic.Int64 // Unix ns
	waiting atomic.Int64
}

// begin takes in that a post has come, and end that it is on disk, or will not be.
func (b *burst) begin(now time.Time) {
	b.waiting.Add(1)
	b.last[b.n.Add(1)%burstSize].Store(now.UnixNano())
}

func (b *burst) end() { b.waiting.Add(-1) }

// isOn reports whether as many posts as make a burst have come just now.
func (b *burst) isOn(now time.Time) bool {
	n := b.n.Load()
	return b.waiting.Load() >= burstWaiting || n >= burstSize && now.UnixNano()-b.last[(n+1)%burstSize].Load() < int64(burstWithin)
}
