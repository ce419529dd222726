package schedule

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"perch/bridge"
)

// Ledger is the Quota of one channel: it remembers every window that X told, over restarts too, and lets no call
// through that X would refuse. It is safe for concurrent use.
type Ledger struct {
	channel string
	keep    bridge.Settings
	now     func() time.Time

	mu      sync.Mutex
	windows map[string][]bridge.Window
	dirty   map[string]bool
}

// NewLedger returns an empty ledger that keeps itself in settings; now may be nil for time.Now.
func NewLedger(channel string, settings bridge.Settings, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{channel: channel, keep: settings, now: now, windows: map[string][]bridge.Window{}, dirty: map[string]bool{}}
}

// Load reads what earlier runs have kept.
func (l *Ledger) Load(ctx context.Context) error {
	windows, err := keptWindows(ctx, l.keep, l.channel, l.now())
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.windows = windows
	return nil
}

// Kept is where windows are kept.
type Kept interface {
	LoadQuota(ctx context.Context, channel string) (map[string][]bridge.Window, error)
}

// keptWindows are those that earlier runs have kept, without what cannot be.
func keptWindows(ctx context.Context, journal Kept, channel string, now time.Time) (map[string][]bridge.Window, error) {
	windows, err := journal.LoadQuota(ctx, channel)
	for endpoint, kept := range windows {
		windows[endpoint] = slices.DeleteFunc(kept, func(w bridge.Window) bool { return !isBelievable(w, now) })
	}
	return windows, err
}

// OpenWindows are the windows that a journal keeps of a channel and that have not been reset yet, by endpoint.
func OpenWindows(ctx context.Context, journal Kept, channel string, now time.Time) (map[string][]bridge.Window, error) {
	windows, err := keptWindows(ctx, journal, channel, now)
	return open(windows, now), err
}

// isBelievable reports whether a window ends within the time that X's longest one has.
func isBelievable(w bridge.Window, now time.Time) bool {
	return !w.Reset.After(now.Add(bridge.MaxWindow + time.Hour))
}

// Admit implements Quota. It also counts the call that follows, so that calls side by side cannot overdraw.
func (l *Ledger) Admit(endpoint string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, until := l.now(), time.Time{}
	windows := l.windows[endpoint]
	for _, w := range windows {
		if w.Remaining <= 0 && now.Before(w.Reset) && w.Reset.After(until) {
			until = w.Reset
		}
	}
	if !until.IsZero() {
		return limitedError(endpoint, until)
	}
	for i := range windows {
		if now.Before(windows[i].Reset) {
			windows[i].Remaining--
		}
	}
	return nil
}

// Observe implements Quota.
func (l *Ledger) Observe(endpoint string, windows []bridge.Window, limited bool) {
	now := l.now()
	windows = slices.DeleteFunc(slices.Clone(windows), func(w bridge.Window) bool { return !isBelievable(w, now) })
	if len(windows) == 0 {
		return
	}
	l.mu.Lock()
	merged := slices.Clone(l.windows[endpoint])
	usedUp := limited
	for _, w := range windows {
		usedUp = usedUp || w.Remaining <= 0
		if i := slices.IndexFunc(merged, func(m bridge.Window) bool { return m.Name == w.Name }); i >= 0 {
			merged[i] = w
		} else {
			merged = append(merged, w)
		}
	}
	l.windows[endpoint] = merged
	l.dirty[endpoint] = true
	l.mu.Unlock()
	if usedUp {
		l.Flush(context.Background())
	}
}

// Flush writes changed windows to the journal. What cannot be written is tried again at the next flush.
func (l *Ledger) Flush(ctx context.Context) {
	l.mu.Lock()
	changed := map[string][]bridge.Window{}
	for endpoint := range l.dirty {
		changed[endpoint] = slices.Clone(l.windows[endpoint])
	}
	clear(l.dirty)
	l.mu.Unlock()
	for endpoint, windows := range changed {
		if err := l.keep.SaveQuota(ctx, l.channel, endpoint, windows); err != nil {
			l.mu.Lock()
			l.dirty[endpoint] = true
			l.mu.Unlock()
		}
	}
}

// Windows returns a copy of all windows that have not been reset yet, by endpoint.
func (l *Ledger) Windows() map[string][]bridge.Window {
	l.mu.Lock()
	defer l.mu.Unlock()
	return open(l.windows, l.now())
}

// open are the windows that have not been reset yet.
func open(all map[string][]bridge.Window, now time.Time) map[string][]bridge.Window {
	all = maps.Clone(all)
	for endpoint, windows := range all {
		all[endpoint] = slices.DeleteFunc(slices.Clone(windows), func(w bridge.Window) bool { return !now.Before(w.Reset) })
		if len(all[endpoint]) == 0 {
			delete(all, endpoint)
		}
	}
	return all
}

func limitedError(endpoint string, until time.Time) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.RateLimited, Side: bridge.SideX, Op: "ask X", Endpoint: endpoint, RetryAt: until,
		Message: "X's limit for this kind of call is used up until " + clockOf(until),
		Remedy:  "nothing to do: Perch goes on by itself then",
	}
}

// clockOf says a time the way people do: with the date unless it is within the next hours.
func clockOf(t time.Time) string {
	if time.Until(t) > 12*time.Hour {
		return t.Format("2 January 15:04")
	}
	return t.Format("15:04:05")
}
