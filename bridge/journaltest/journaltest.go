// Package journaltest says what every journal guarantees, as tests: a store that passes Run may stand behind a relay.
//
// It knows a journal by its methods alone, and nothing of how it keeps anything. Numbers of posts and messages grow and are
// never used again, but may have gaps; times are kept to the millisecond. What only some journals can be made to do, such as to
// fail, is asked of those that implement Breakable, Crashable or Indexed, and skipped in words of the others.
package journaltest

import (
	"context"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/alert"
)

// Journal is what a relay needs of its journal; every journal has to pass Run.
type Journal interface {
	bridge.Journal
	// HasReceived reports whether a message at X has come in before.
	HasReceived(ctx context.Context, channel, xID string) (bool, error)

	// SaveAlerts keeps how alerts stand, in place of what was kept before.
	SaveAlerts(ctx context.Context, state alert.State) error
	LoadAlerts(ctx context.Context) (alert.State, error)

	// AddBills counts what X has billed for beside the messages.
	AddBills(ctx context.Context, bills map[bridge.BillKey]int) error
	// Bills returns what was counted from a day up to another, both included, in the order of day, channel and kind.
	Bills(ctx context.Context, from, to int64) ([]bridge.Bill, error)

	// Prune removes what was old and settled at the given time.
	Prune(ctx context.Context, now time.Time) error
	// Run does the journal's own work until ctx ends. The journal is used while it runs.
	Run(ctx context.Context) error
	// Close ends the journal; it is called after Run has returned.
	Close() error
}

// Place makes room for a journal of its own and returns what opens the one there: a new one the first time, and what the one
// before has kept when it is called again after Close.
type Place func(t *testing.T) (open func(t *testing.T) Journal)

// Breakable is a Journal of which each write can be made to fail.
type Breakable interface {
	Journal
	// Break has fail called right before each commit, which fails with what that returns. nil mends it. Nothing is under way
	// when it is called.
	Break(fail func() error)
}

// Crashable is a Journal that can end without Close.
type Crashable interface {
	Journal
	// Crash leaves a journal whose Run has returned as it is, as a kill would: nothing is written any more, and another one
	// can be opened at its place. What is still held of it is let go when the test ends.
	Crash(t *testing.T)
}

// Indexed is a Journal that finds what is searched for in more than one way. All of them find the same.
type Indexed interface {
	Journal
	// Index brings up to date what searching goes by.
	Index(t *testing.T)
	// LookThrough sets how many messages are looked through before the index is asked.
	LookThrough(n int)
}

// guarantee is one thing that a journal holds to.
type guarantee struct {
	what string
	hold func(t *testing.T, place Place)
}

// Run holds a journal to all that journals guarantee.
func Run(t *testing.T, place Place) {
	t.Helper()
	for _, subject := range []struct {
		name string
		all  []guarantee
	}{
		{"posts", ofPosts},
		{"writing", ofWriting},
		{"messages", ofMessages},
		{"queue", ofQueue},
		{"attempts", ofAttempts},
		{"recovery", ofRecovery},
		{"memory", ofMemory},
		{"settings", ofSettings},
		{"numbers", ofNumbers},
		{"chat", ofChat},
		{"searching", ofSearching},
		{"stories", ofStories},
		{"pruning", ofPruning},
	} {
		t.Run(subject.name, func(t *testing.T) {
			for _, g := range subject.all {
				t.Run(g.what, func(t *testing.T) { g.hold(t, place) })
			}
		})
	}
}
