package sqlite

import (
	"sync"
	"time"
)

// diskWait is since when the committer waits for the disk. The zero value waits for nothing.
type diskWait struct {
	mu    sync.Mutex
	since time.Time
}

func (w *diskWait) set(since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = since
}

// AwaitsDisk reports whether the committer waits for the disk right now, and has done so for less than most. It makes no round
// meanwhile, but to end the program helps nobody: the next one waits for the same disk.
func (s *Store) AwaitsDisk(most time.Duration) bool {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	return !s.disk.since.IsZero() && time.Since(s.disk.since) < most
}

// onDisk runs what waits for the disk.
func (s *Store) onDisk(fn func()) {
	s.disk.set(time.Now())
	defer s.disk.set(time.Time{})
	if s.during != nil {
		s.during()
	}
	fn()
}
