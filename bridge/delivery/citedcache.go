package delivery

import (
	"context"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
)

const (
	// citedLimit bounds the look-up of a post: the message that is about it waits for no longer.
	citedLimit = 5 * time.Second
	// citedMost is how many posts are remembered.
	citedMost = 1000
	// citedFor is how long a post is remembered, also one that is gone, and citedRefused how long one that X does not give.
	citedFor     = time.Hour
	citedRefused = 10 * time.Minute
	// citedPause is how long a channel asks for no post after X did not answer, or wants something else first: else each message
	// would wait anew. X may ask for more, up to citedPauseMost.
	citedPause     = time.Minute
	citedPauseMost = 15 * time.Minute
)

// citedCache asks X for each post once. Make it with newCitedCache; it is safe for concurrent use.
type citedCache struct {
	now    func() time.Time
	mu     sync.Mutex
	posts  map[citedKey]*citedEntry
	paused map[string]time.Time // by channel
}

type citedKey struct{ channel, id string }

// citedEntry is a post that was asked for. The fields are settled once done is closed.
type citedEntry struct {
	done  chan struct{}
	post  bridge.Cited
	isHad bool
	until time.Time
}

func newCitedCache(now func() time.Time) *citedCache {
	return &citedCache{now: now, posts: map[citedKey]*citedEntry{}, paused: map[string]time.Time{}}
}

// get returns a post; false when it cannot be had now. The error is that of a look-up which was made by this call.
func (c *citedCache) get(
	ctx context.Context, channel, id string, ask func(ctx context.Context, id string) (bridge.Cited, error),
) (bridge.Cited, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, citedLimit)
	defer cancel()
	entry, isMine := c.entry(citedKey{channel, id})
	if entry == nil {
		return bridge.Cited{}, false, nil
	}
	if !isMine {
		select {
		case <-entry.done:
			return entry.post, entry.isHad, nil
		case <-ctx.Done():
			return bridge.Cited{}, false, nil
		}
	}
	post, err := ask(ctx, id)
	if isGone := bridge.CodeOf(err) == bridge.CodeNoPost; isGone {
		post, err = bridge.Cited{ID: id, IsGone: true}, nil
	}
	c.settle(channel, entry, post, err)
	return entry.post, entry.isHad, err
}

// entry returns what is known of a post, or a new entry that the caller has to settle; nil while X is not to be asked.
func (c *citedCache) entry(key citedKey) (entry *citedEntry, isMine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if entry = c.posts[key]; entry != nil && !entry.isOver(c.now()) {
		return entry, false
	}
	if c.now().Before(c.paused[key.channel]) {
		return nil, false
	}
	if len(c.posts) >= citedMost {
		c.makeRoom()
	}
	entry = &citedEntry{done: make(chan struct{})}
	c.posts[key] = entry
	return entry, true
}

// isOver reports whether an entry says nothing any more. One that is not settled yet does.
func (e *citedEntry) isOver(now time.Time) bool {
	select {
	case <-e.done:
		return !now.Before(e.until)
	default:
		return false
	}
}

// makeRoom forgets what is over, and where that is not enough, all that is settled. The caller has the lock.
func (c *citedCache) makeRoom() {
	for _, at := range []time.Time{c.now(), c.now().Add(2 * citedFor)} {
		for key, e := range c.posts {
			if e.isOver(at) {
				delete(c.posts, key)
			}
		}
		if len(c.posts) < citedMost {
			return
		}
	}
}

// settle writes down what X said.
func (c *citedCache) settle(channel string, entry *citedEntry, post bridge.Cited, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	defer close(entry.done)
	switch e := bridge.AsError(err); {
	case e == nil:
		entry.post, entry.isHad, entry.until = post, true, now.Add(citedFor)
	case e.Kind == bridge.Rejected || e.Kind == bridge.Invalid:
		entry.until = now.Add(citedRefused)
	default:
		entry.until = wait.Earlier(wait.Later(e.RetryAt, now.Add(citedPause)), now.Add(citedPauseMost))
		c.paused[channel] = entry.until
	}
}
