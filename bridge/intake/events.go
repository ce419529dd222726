// Package intake takes in what X and Motion send. It guarantees that nothing is acknowledged before it is on disk; that
// each event becomes one message of the channel whose account it is for, or is counted, or is shown as unreadable, and
// that none holds up another; that a reply keeps to the side that its interaction is of, private or public; and that
// Motion's call learns the outcome if there is one within 8 s.
package intake

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/wait"
)

// sourceX, and the names of channels, is the source of a post of X.
const sourceX = "x:"

// Meter counts what comes in. It is called from several goroutines and while others wait, so it must be quick.
type Meter interface {
	// Kept tells how long it took from when a body came in until it was on disk. from is where it came from.
	Kept(from bridge.Side, took time.Duration)
	// Received tells of a message that is new.
	Received(d *bridge.Delivery)
}

// Events takes in what X sends. Make it with NewEvents; it is safe for concurrent use.
type Events struct {
	journal  bridge.Inbox
	accounts *account.Registry
	feed     *bridge.Feed
	log      *slog.Logger
	now      func() time.Time
	read     func(body []byte) bridge.Parsed
	heard    func(channel string, s bridge.Sealed)
	meter    Meter
	wake     wait.Signal // tells the dispatcher that there is work
	unpack   wait.Signal
	incoming burst
	rounds   wait.Rounds // of the unpacker
}

// EventsConfig is what Events is made of. Every field is needed.
type EventsConfig struct {
	Journal  bridge.Inbox
	Accounts *account.Registry
	Feed     *bridge.Feed
	// Wake tells the dispatcher that there is work.
	Wake wait.Signal
	// Read reads a body from X. It never fails: what cannot be read is an event of KindUnreadable.
	Read func(body []byte) bridge.Parsed
	// Heard is told of events of encrypted chat that become no message: changes of keys and the account's own. It must not block.
	Heard func(channel string, s bridge.Sealed)
	Meter Meter
	Log   *slog.Logger
	Now   func() time.Time
}

// NewEvents returns Events, which unpacks while Run is running.
func NewEvents(c EventsConfig) *Events {
	return &Events{
		journal: c.Journal, accounts: c.Accounts, feed: c.Feed, wake: c.Wake, read: c.Read, heard: c.Heard, meter: c.Meter, log: c.Log, now: c.Now, unpack: wait.NewSignal(),
	}
}

// AcceptX keeps an authentic body from X. The channels are those of the X app that signed it. When it returns nil
// the body is on disk and will be taken apart; the caller may acknowledge it.
func (v *Events) AcceptX(ctx context.Context, channels []string, body []byte) error {
	now := v.now()
	v.incoming.begin(now)
	defer v.incoming.end()
	err := v.journal.Keep(ctx, bridge.Post{ReceivedAt: now, Source: sourceX + strings.Join(channels, ","), Body: body})
	if err == nil {
		v.meter.Kept(bridge.SideX, v.now().Sub(now))
		v.unpack.Send()
	}
	return err
}
