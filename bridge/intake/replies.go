package intake

import (
	"context"
	"log/slog"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/wait"
)

// ReplyStore is what Replies needs of the journal.
type ReplyStore interface {
	bridge.Outbox
	bridge.Memory
	// LastWay returns in which way a person has written in private last; "" when never.
	LastWay(ctx context.Context, channel, personID string) (bridge.MessageKind, error)
}

// Chats says what a channel can do in encrypted chat.
type Chats interface {
	// HadKeys reports whether the channel has keys, or has had some.
	HadKeys(ctx context.Context, channel string) (bool, error)
	CanWrite(channel string) bool
}

// Scheduler says what cannot go now.
type Scheduler interface {
	MustWait(d *bridge.Delivery) bool
}

// Replies takes in what agents send. Make it with NewReplies; it is safe for concurrent use.
type Replies struct {
	journal   ReplyStore
	accounts  *account.Registry
	scheduler Scheduler
	chats     Chats
	waiters   *Waiters
	feed      *bridge.Feed
	log       *slog.Logger
	now       func() time.Time
	meter     Meter
	measure   func(text string) (weighted int, valid bool)
	wake      wait.Signal // tells the dispatcher that there is work
}

// RepliesConfig is what Replies is made of. Every field is needed.
type RepliesConfig struct {
	Journal   ReplyStore
	Accounts  *account.Registry
	Scheduler Scheduler
	Chats     Chats
	Waiters   *Waiters
	Feed      *bridge.Feed
	Meter     Meter
	// Wake tells the dispatcher that there is work.
	Wake wait.Signal
	// Measure returns the weighted length of a post and whether X takes it.
	Measure func(text string) (weighted int, valid bool)
	Log     *slog.Logger
	Now     func() time.Time
}

// NewReplies returns Replies.
func NewReplies(c RepliesConfig) *Replies {
	return &Replies{
		journal: c.Journal, accounts: c.Accounts, scheduler: c.Scheduler, chats: c.Chats, waiters: c.Waiters, feed: c.Feed,
		wake: c.Wake, measure: c.Measure, log: c.Log, now: c.Now, meter: c.Meter,
	}
}
