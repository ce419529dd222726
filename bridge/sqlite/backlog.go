package sqlite

import (
	"sync"
	"sync/atomic"

	"perch/bridge"
	"perch/bridge/sqlite/inlet"
)

// backlog is what is in the inlet and not in SQLite yet, as far as it was read. It is safe for concurrent use.
type backlog struct {
	inlet *inlet.Log
	// isOldRead says that SQLite holds no posts that wait to be taken apart, as it does after an earlier Perch and a restore.
	isOldRead atomic.Bool

	mu     sync.Mutex
	window []bridge.Post // read, and not moved
	spans  []span        // when they were on disk; not written down
}

// kept notes when posts were on disk.
func (b *backlog) kept(s span) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spans = append(b.spans, s)
}

// next returns the oldest posts that were not moved, at most limit.
func (b *backlog) next(limit int) ([]bridge.Post, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if len(b.window) < limit {
		var more []bridge.Post
		more, err = b.inlet.Read(limit - len(b.window))
		b.window = append(b.window, more...)
	}
	if err != nil && len(b.window) == 0 {
		return nil, err
	}
	return append([]bridge.Post(nil), b.window[:min(limit, len(b.window))]...), nil
}

// upTo returns the posts up to and including a number, and when they were on disk.
func (b *backlog) upTo(seq int64) (posts []bridge.Post, spans []span, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.window) == 0 || b.window[len(b.window)-1].Seq < seq {
		more, err := b.inlet.Read(maxBatch)
		if err != nil {
			return nil, nil, err
		}
		if len(more) == 0 {
			break
		}
		b.window = append(b.window, more...)
	}
	return b.window[:countUpTo(b.window, seq)], b.spans[:b.spansUpTo(seq)], nil
}

// moved forgets posts that are in SQLite.
func (b *backlog) moved(seq int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.window = append(b.window[:0:0], b.window[countUpTo(b.window, seq):]...)
	b.spans = append(b.spans[:0:0], b.spans[b.spansUpTo(seq):]...)
	b.inlet.Moved(seq)
}

func countUpTo(posts []bridge.Post, seq int64) (n int) {
	for n < len(posts) && posts[n].Seq <= seq {
		n++
	}
	return n
}

func (b *backlog) spansUpTo(seq int64) (n int) {
	for n < len(b.spans) && b.spans[n].last <= seq {
		n++
	}
	return n
}
