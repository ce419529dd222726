package sqlite

import (
	"sync"
	"time"
)

// diskWait is since when somebody waits for the disk. The zero value waits for nothing.
type diskWait struct {
	mu    sync.Mutex
	since time.Time
}

func (w *diskWait) set(since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = since
}

// AwaitsDisk reports whether the committer or the keeper waits for the disk right now, and has done so for less than most. It makes no round
// meanwhile, but to end the program helps nobody: the next one waits for the same disk.
func (s *Store) AwaitsDisk(most time.Duration) bool {
	return s.disk.isWithin(most) || s.logDisk.isWithin(most)
}

func (w *diskWait) isWithin(most time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.since.IsZero() && time.Since(w.since) < most
}

// onDisk runs what waits for the disk.
func (s *Store) onDisk(w *diskWait, fn func()) {
	w.set(time.Now())
	defer w.set(time.Time{})
	if s.during != nil {
		s.during()
	}
	fn()
}
