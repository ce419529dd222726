// Package console is what people see of a relay and what they do with it: the state of all sides, the messages and their
// history, both ends of a message as they went over the wire, and decisions about messages that need one. It guarantees
// that looking changes nothing and that a decision changes exactly the message it is about, and only from a state that
// allows it.
package console

import (
	"log/slog"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/chat"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// Store is what a Console reads and changes in the journal.
type Store interface {
	bridge.Outbox
	bridge.Rescuer
	bridge.Memory
	bridge.History
}

// JournalHealth says how the journal is.
type JournalHealth interface {
	Link() bridge.Link
	// LastCounts are the last counts that could be read.
	LastCounts() []bridge.Count
}

// Config is what a Console is made of. Every field is needed.
type Config struct {
	Journal    Store
	Health     JournalHealth
	Accounts   *account.Registry
	Breakers   *schedule.Breakers
	Dispatcher *schedule.Dispatcher
	Chats      *chat.Rooms
	Feed       *bridge.Feed
	Wake       wait.Signal
	// Measure returns the weighted length of a post and whether X takes it.
	Measure func(text string) (weighted int, valid bool)
	Log     *slog.Logger
	Now     func() time.Time
}

// Console is what people see of the relay and do with it. Make it with New; it is safe for concurrent use.
type Console struct {
	journal    Store
	health     JournalHealth
	accounts   *account.Registry
	breakers   *schedule.Breakers
	dispatcher *schedule.Dispatcher
	chats      *chat.Rooms
	feed       *bridge.Feed
	files      *files
	minutes    minutes
	wake       wait.Signal
	measure    func(string) (int, bool)
	log        *slog.Logger
	now        func() time.Time
}

// New returns a Console.
func New(c Config) *Console {
	return &Console{
		journal: c.Journal, health: c.Health, accounts: c.Accounts, breakers: c.Breakers, dispatcher: c.Dispatcher,
		chats: c.Chats, feed: c.Feed, files: newFiles(), wake: c.Wake, measure: c.Measure, log: c.Log, now: c.Now,
	}
}

// Feed returns the live feed of deliveries.
func (c *Console) Feed() *bridge.Feed { return c.feed }
