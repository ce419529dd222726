package bridge

import (
	"log/slog"
	"time"

	"perch/bridge/wait"
)

// ConsoleStore is what a Console reads and changes in the journal.
type ConsoleStore interface {
	Outbox
	Rescuer
	Memory
	History
}

// JournalHealth says how the journal is.
type JournalHealth interface {
	Link() Link
	// LastCounts are the last counts that could be read.
	LastCounts() []Count
}

// ConsoleConfig is what a Console is made of. Every field is needed.
type ConsoleConfig struct {
	Journal    ConsoleStore
	Health     JournalHealth
	Accounts   *Registry
	Breakers   *Breakers
	Dispatcher *Dispatcher
	Feed       *Feed
	Wake       wait.Signal
	Log        *slog.Logger
	Now        func() time.Time
}

// Console is what people see of the relay and do with it. Make it with NewConsole; it is safe for concurrent use.
type Console struct {
	journal    ConsoleStore
	health     JournalHealth
	accounts   *Registry
	breakers   *Breakers
	dispatcher *Dispatcher
	feed       *Feed
	files      *files
	wake       wait.Signal
	log        *slog.Logger
	now        func() time.Time
}

// NewConsole returns a Console.
func NewConsole(c ConsoleConfig) *Console {
	return &Console{
		journal: c.Journal, health: c.Health, accounts: c.Accounts, breakers: c.Breakers, dispatcher: c.Dispatcher,
		feed: c.Feed, files: newFiles(), wake: c.Wake, log: c.Log, now: c.Now,
	}
}

// Feed returns the live feed of deliveries.
func (c *Console) Feed() *Feed { return c.feed }
