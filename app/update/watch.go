package update

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"perch/bridge/logkey"
	"perch/bridge/wait"
)

const (
	// firstLook is how long after a start a Watch looks: a start has more urgent things to do.
	firstLook = time.Minute
	// every is the time between two looks, again that after one that failed.
	every, again = 24 * time.Hour, time.Hour
	// longest is the longest wait before a Watch looks at the clock again: timers stand still while a computer sleeps.
	longest = time.Hour
)

// Config is what a Watch is made of. Every field is needed.
type Config struct {
	// Source is where to look now; false when it is not to look by itself.
	Source  func() (Source, bool)
	Current string
	Log     *slog.Logger
}

// Watch looks once a day, if it may, and keeps what it has found. It is safe for concurrent use.
type Watch struct {
	Config
	poked wait.Signal
	check func(ctx context.Context, from Source, current string, now func() time.Time) (Result, error)

	mu   sync.Mutex
	from Source // what is known is of
	last Result
	err  error
}

// NewWatch returns a Watch that does nothing until Run.
func NewWatch(c Config) *Watch { return &Watch{Config: c, poked: wait.NewSignal(), check: Check} }

// Poke makes it look at once if it is to look elsewhere than before.
func (w *Watch) Poke() { w.poked.Send() }

// Run looks until ctx ends; it returns nil.
func (w *Watch) Run(ctx context.Context) error {
	rest := firstLook
	var due time.Time
	for wait.PauseOr(ctx, rest, w.poked) {
		from, isOn := w.Source()
		isOther := w.become(from, isOn)
		if isOn && (isOther || !time.Now().Before(due)) {
			due = time.Now().Round(0).Add(w.look(ctx, from)) // by the clock on the wall
		}
		rest = longest
		if isOn {
			rest = min(max(time.Until(due), 0), longest)
		}
	}
	return nil
}

// become forgets what was found elsewhere. It reports whether it is another source than before.
func (w *Watch) become(from Source, isOn bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !isOn {
		from = Source{}
	}
	if from == w.from {
		return false
	}
	w.from, w.last, w.err = from, Result{}, nil
	return isOn
}

// look looks once, and returns how long to rest.
func (w *Watch) look(ctx context.Context, from Source) time.Duration {
	found, err := w.check(ctx, from, w.Current, time.Now)
	if ctx.Err() != nil {
		return again
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	if err != nil {
		w.Log.Warn("looking for a newer Perch failed", logkey.Error, err)
		return again
	}
	if found.IsNewer && found.Latest.Version != w.last.Latest.Version {
		w.Log.Info("a newer Perch is available", "version", found.Latest.Version)
	}
	w.last = found
	return every
}

// Last returns what the last look that succeeded has found, and why the last look failed if it did. Both are empty before
// the first look, and while it is not to look by itself.
func (w *Watch) Last() (Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.err
}
