// Package account knows which X account each channel speaks for and with which clients it works now. It guarantees that
// nothing goes to X with keys that may be another account's before X has told whose they are, nor after it while replies
// wait that were written for the known account; that an attempt works from its beginning to its end with the clients that
// it began with; and that an event of X reaches the channel whose account it is for.
package account

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// Store is what the registry keeps and moves in the journal.
type Store interface {
	bridge.Settings
	Counts(ctx context.Context) ([]bridge.Count, error)
	Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error
	HastenMended(ctx context.Context, lane bridge.Lane, now time.Time) error
}

// Registry knows with which clients each channel works now and for which X account. Make it with NewRegistry; it is safe
// for concurrent use.
type Registry struct {
	journal  Store
	breakers *schedule.Breakers
	wake     wait.Signal // tells the dispatcher that something may go
	log      *slog.Logger
	now      func() time.Time
	memory   *memory
	channels map[string]*entry // never changed; what the entries hold is
	order    []string
}

// NewRegistry returns a registry of the channels in their order, which knows nothing of their accounts before Load.
func NewRegistry(channels []bridge.Channel, journal Store, breakers *schedule.Breakers, wake wait.Signal, log *slog.Logger, now func() time.Time) *Registry {
	r := &Registry{journal: journal, breakers: breakers, wake: wake, log: log, now: now, memory: newMemory(), channels: map[string]*entry{}}
	for _, ch := range channels {
		r.channels[ch.Name] = newEntry(ch)
		r.order = append(r.order, ch.Name)
	}
	return r
}

// entry holds what a channel works with now. The Channel in it is never changed but replaced as a whole, so that an
// attempt works from its beginning to its end with the clients that it began with.
type entry struct {
	now atomic.Pointer[bridge.Channel]
	// turn is held by whoever changes the Channel or its hold, so that both are always of the same keys.
	turn sync.Mutex
	hold Hold
	// newX and newMotion tell that a side got another client.
	newX, newMotion wait.Signal
	// newChat tells that the keys of encrypted chat, or what X is asked with about it, have changed.
	newChat wait.Signal
}

func newEntry(ch bridge.Channel) *entry {
	e := &entry{newX: wait.NewSignal(), newMotion: wait.NewSignal(), newChat: wait.NewSignal()}
	e.now.Store(&ch)
	return e
}

// Names returns the names of the channels in their order; the caller must not change it.
func (r *Registry) Names() []string { return r.order }

// Channel returns what the channel of that name works with now, or nil.
func (r *Registry) Channel(name string) *bridge.Channel {
	if e := r.channels[name]; e != nil {
		return e.now.Load()
	}
	return nil
}

// ChatChanged tells one reader that a channel has got other keys of encrypted chat, or that whose it is may be known now.
func (r *Registry) ChatChanged(name string) wait.Signal { return r.channels[name].newChat }

// Account returns whom a channel speaks for, as far as X has told; the zero value when it has not.
func (r *Registry) Account(channel string) bridge.Account { return r.memory.get(channel) }

// Note takes in how a side has answered a channel; err is nil when it did well.
func (r *Registry) Note(side bridge.Side, channel string, at time.Time, err error) {
	r.memory.note(side, channel, at, err)
}

// Last returns how a side has answered a channel last.
func (r *Registry) Last(side bridge.Side, channel string) SideState {
	return r.memory.state(side, channel)
}

// Begin returns what an attempt works with, and whether it must not go to X now.
func (r *Registry) Begin(channel string) (*bridge.Channel, Hold) {
	e := r.channels[channel]
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.now.Load(), e.hold
}

// IsReplaced reports whether a side of the channel has got another client since.
func (r *Registry) IsReplaced(ch *bridge.Channel, side bridge.Side) bool {
	now := r.Channel(ch.Name)
	if side == bridge.SideX {
		return now.X != ch.X
	}
	return now.Motion != ch.Motion
}

// Hold returns the channel's hold of now; the zero value for a channel that there is not.
func (r *Registry) Hold(channel string) Hold {
	e := r.channels[channel]
	if e == nil {
		return Hold{}
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.hold
}
