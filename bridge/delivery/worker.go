package delivery

import (
	"context"
	"log/slog"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/chat"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// Store is what a Worker needs of the journal.
type Store interface {
	bridge.Queue
	bridge.Memory
	bridge.EchoLog
	Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error
	Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error
	// LastWay returns in which way a person has written in private last; "" when never.
	LastWay(ctx context.Context, channel, personID string) (bridge.MessageKind, error)
	// IsSent reports whether a message at X is known to be one of the channel's deliveries.
	IsSent(ctx context.Context, channel, xID string) (bool, error)
}

// Waiters are those who wait for the outcome of a reply.
type Waiters interface {
	// Take returns all who wait for a reply; they are the caller's to answer.
	Take(id int64) []chan bridge.Outcome
}

// Scheduler says what cannot go now.
type Scheduler interface {
	MustWait(d *bridge.Delivery) bool
}

// Meter counts and times attempts. It is called from several goroutines, so it must be quick.
type Meter interface {
	// Attempted tells of an attempt that has ended and is on disk: d is as it is now.
	Attempted(d *bridge.Delivery, a bridge.Attempt)
}

// Config is what a Worker is made of. Every field is needed.
type Config struct {
	Journal   Store
	Accounts  *account.Registry
	Breakers  *schedule.Breakers
	Scheduler Scheduler
	Chats     *chat.Rooms
	Waiters   Waiters
	Feed      *bridge.Feed
	Meter     Meter
	// Wake tells the dispatcher that there is something to deliver.
	Wake wait.Signal
	// Measure returns the weighted length of a post and whether X takes it.
	Measure func(text string) (weighted int, valid bool)
	Log     *slog.Logger
	Now     func() time.Time
}

// Worker attempts deliveries. Make it with NewWorker; it is safe for concurrent use, by one attempt at each delivery.
type Worker struct {
	journal   Store
	accounts  *account.Registry
	breakers  *schedule.Breakers
	scheduler Scheduler
	chats     *chat.Rooms
	waiters   Waiters
	feed      *bridge.Feed
	meter     Meter
	wake      wait.Signal
	measure   func(text string) (weighted int, valid bool)
	log       *slog.Logger
	now       func() time.Time
	cited     *citedCache
}

// NewWorker returns a Worker.
func NewWorker(c Config) *Worker {
	return &Worker{
		journal: c.Journal, accounts: c.Accounts, breakers: c.Breakers, scheduler: c.Scheduler, chats: c.Chats,
		waiters: c.Waiters, feed: c.Feed, meter: c.Meter, wake: c.Wake, measure: c.Measure, log: c.Log, now: c.Now,
		cited: newCitedCache(c.Now),
	}
}
