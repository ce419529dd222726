package bridge

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge/wait"
)

// Events takes in what X sends. Make it with NewEvents; it is safe for concurrent use.
type Events struct {
	journal  Inbox
	accounts *Registry
	feed     *Feed
	log      *slog.Logger
	now      func() time.Time
	read     func(body []byte) Parsed
	wake     wait.Signal // tells the dispatcher that there is work
	unpack   wait.Signal
	lastKept atomic.Int64 // Unix ms of the newest post kept
}

// EventsConfig is what Events is made of. Every field is needed.
type EventsConfig struct {
	Journal  Inbox
	Accounts *Registry
	Feed     *Feed
	// Wake tells the dispatcher that there is work.
	Wake wait.Signal
	// Read reads a body from X. It never fails: what cannot be read is an event of KindUnreadable.
	Read func(body []byte) Parsed
	Log  *slog.Logger
	Now  func() time.Time
}

// NewEvents returns Events, which unpacks while Run is running.
func NewEvents(c EventsConfig) *Events {
	return &Events{
		journal: c.Journal, accounts: c.Accounts, feed: c.Feed, wake: c.Wake, read: c.Read, log: c.Log, now: c.Now, unpack: wait.NewSignal(),
	}
}

// AcceptX keeps an authentic body from X. The channels are those of the X app that signed it. When it returns nil
// the body is on disk and will be taken apart; the caller may acknowledge it.
func (v *Events) AcceptX(ctx context.Context, channels []string, body []byte) error {
	now := v.now()
	v.lastKept.Store(now.UnixMilli())
	err := v.journal.Keep(ctx, Post{ReceivedAt: now, Source: sourceX + strings.Join(channels, ","), Body: body})
	if err == nil {
		v.unpack.Send()
	}
	return err
}
