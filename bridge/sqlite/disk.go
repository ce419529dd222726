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

// Writing names what waits for the disk.
type Writing string

// What is written.
const (
	// WriteInlet is the write that lets X be answered.
	WriteInlet Writing = "inlet"
	// WriteCommit is that of one transaction, with all that share it.
	WriteCommit Writing = "commit"
	// WriteCheckpoint carries what was committed into the file itself; nobody waits for it.
	WriteCheckpoint Writing = "checkpoint"
	// writeNothing is the end of a transaction that has only read.
	writeNothing Writing = ""
)

// Meter is told how long each write took until it was on disk. It is called by the one who writes, so it must be quick.
type Meter interface {
	Wrote(what Writing, took time.Duration)
}

// SetMeter has m told of each write. Call it before Run; without it nobody is told.
func (s *Store) SetMeter(m Meter) { s.meter = m }

// onDisk runs what waits for the disk.
func (s *Store) onDisk(w *diskWait, what Writing, fn func()) {
	began := time.Now()
	w.set(began)
	defer w.set(time.Time{})
	if s.during != nil {
		s.during()
	}
	fn()
	if s.meter != nil && what != writeNothing {
		s.meter.Wrote(what, time.Since(began))
	}
}
