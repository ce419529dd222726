// Package chat opens and writes the encrypted messages of X Chat for the channels that have keys of it. It guarantees that
//
//   - no text reaches anybody whose signature did not verify with a record of the sender, and that what failed is told
//     and never shown as a customer's words;
//   - the keys of conversations are kept wrapped to the account's own keys, all versions, and that a key which is not
//     verified is never written with and never takes the place of one that is;
//   - what cannot be opened yet is opened and delivered by itself as soon as its key is there, and what came before Perch
//     was given the keys is not pushed to agents;
//   - a message is encrypted once and on disk before it is posted, so that posting it again is the same message;
//   - the account's own keys are used and never registered, rotated or replaced.
//
// How events are encrypted, signed and read is in xchat. What it needs of X is bridge.ChatAPI.
package chat

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/wait"
)

// Store is what is kept in the journal.
type Store interface {
	bridge.ChatStore
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
	Get(ctx context.Context, id int64) (*bridge.Delivery, error)
	List(ctx context.Context, filter bridge.Filter) ([]*bridge.Delivery, error)
	Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error
	Echoes(ctx context.Context, channel string, since time.Time) ([]bridge.Echo, error)
	IsSent(ctx context.Context, channel, xID string) (bool, error)
}

// Config is what Rooms are made of. Every field is needed.
type Config struct {
	Journal  Store
	Accounts *account.Registry
	Feed     *bridge.Feed
	// Wake tells the dispatcher that there is something to deliver.
	Wake wait.Signal
	// Withdraw makes a reply that counted as sent one that failed, and tells the agent.
	Withdraw func(ctx context.Context, delivery int64, why *bridge.Error) error
	// Accept keeps an event of X that a catch-up has found, as if X had told of it.
	Accept func(ctx context.Context, channels []string, body []byte) error
	Log    *slog.Logger
	Now    func() time.Time
}

// Rooms opens and writes encrypted messages, in a room for each channel. Make it with New; it is safe for concurrent use,
// by one attempt at each delivery.
type Rooms struct {
	Config
	rooms map[string]*room // by channel; never changed
}

// New returns Rooms for all channels of the registry.
func New(c Config) *Rooms {
	r := &Rooms{Config: c, rooms: map[string]*room{}}
	for _, name := range c.Accounts.Names() {
		r.rooms[name] = newRoom(name)
	}
	return r
}

// Run learns whose keys the channels have, fetches what was missed and opens what waits, until ctx ends.
func (r *Rooms) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, name := range r.Accounts.Names() {
		all.Go(func() { r.keep(ctx, r.rooms[name]) })
		all.Go(func() { r.write(ctx, r.rooms[name]) })
	}
	all.Wait()
}

// Missed says that events of a channel may have been missed: its conversations are looked through at once. It never blocks.
// A channel that is not known is ignored.
func (r *Rooms) Missed(channel string) {
	if m := r.rooms[channel]; m != nil {
		m.tell(wish{isLook: true})
	}
}

// Heard takes in what is not delivered to anybody: a change of keys, or a message of the account's own. It never blocks.
func (r *Rooms) Heard(channel string, s bridge.Sealed) {
	if m := r.rooms[channel]; m != nil {
		m.tell(wish{conversation: s.Conversation, heard: &s})
	}
}

const (
	// passEvery is how often conversations are looked through although nothing points to a gap: X's list of them is read
	// once for each pass.
	passEvery = 10 * time.Minute
	// askAgainAfter is the wait after X could not tell about the account's keys; it doubles up to passEvery.
	askAgainAfter = 15 * time.Second
)

// keep looks after one room until ctx ends.
func (r *Rooms) keep(ctx context.Context, m *room) {
	changed, again := r.Accounts.ChatChanged(m.channel), askAgainAfter
	for {
		rest := passEvery
		switch {
		case r.enter(ctx, m) && r.catchUp(ctx, m):
			again = askAgainAfter
		case m.isOn():
			rest = again
			again = min(2*again, passEvery)
		}
		r.waitAgain(ctx, m)
		r.openWaiting(ctx, m, "")
		m.forgetOld(r.Now())
		if !r.untilDue(ctx, m, rest, changed) {
			return
		}
	}
}

// untilDue waits for the next pass or a reason to make one now; what concerns one conversation is done meanwhile. It
// reports whether ctx goes on.
func (r *Rooms) untilDue(ctx context.Context, m *room, rest time.Duration, changed <-chan struct{}) bool {
	timer, retry := time.NewTimer(rest), time.NewTimer(m.patience())
	defer timer.Stop()
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-changed:
			m.noteWriting(nil)
			return true
		case <-retry.C:
			r.openWaiting(ctx, m, "")
			retry.Reset(m.patience())
		case <-m.asked:
			if r.fulfil(ctx, m) {
				return true
			}
			if m.takeFresh() {
				retry.Reset(m.patience())
			}
		}
	}
}
