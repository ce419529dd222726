// Package engine joins intake, schedule, delivery, account, health and console into one thing that starts and stops. What
// it promises stands in the package bridge, and its tests hold all of them to it with X and Motion in their hands.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/chat"
	"perch/bridge/console"
	"perch/bridge/delivery"
	"perch/bridge/health"
	"perch/bridge/intake"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// Meter counts and times what comes in and what goes out.
type Meter interface {
	intake.Meter
	delivery.Meter
}

// Config is what an Engine is made of. Every field is needed but Now, Measure and Meter.
type Config struct {
	Channels []bridge.Channel
	// Journal is watched by the relay; one that is a health.Journal already is used as it is.
	Journal bridge.Journal
	Log     *slog.Logger
	// Read reads a body from X. It never fails: what cannot be read is an event of KindUnreadable.
	Read func(body []byte) bridge.Parsed
	// Measure returns the weighted length of a post and whether X takes it; nil counts nothing.
	Measure func(text string) (weighted int, valid bool)
	// Meter is told of what comes in and goes out; nil for nobody.
	Meter Meter
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Engine takes in, schedules and delivers. Make it with New; it works while Run is running. All methods are safe
// for concurrent use. What people see and do is its Console.
type Engine struct {
	*console.Console
	journal    bridge.Journal // the health
	health     *health.Journal
	now        func() time.Time
	events     *intake.Events
	replies    *intake.Replies
	accounts   *account.Registry
	dispatcher *schedule.Dispatcher
	worker     *delivery.Worker
	chats      *chat.Rooms
}

// New returns an Engine that does nothing until Run.
func New(config Config) *Engine {
	config = withDefaults(config)
	health := healthOf(config)
	breakers, feed, waiters, wake := schedule.NewBreakers(), bridge.NewFeed(), intake.NewWaiters(), wait.NewSignal()
	accounts := account.NewRegistry(config.Channels, health, breakers, wake, config.Log, config.Now)
	var lanes []bridge.Lane
	for _, name := range accounts.Names() {
		lanes = append(lanes, bridge.LanesOf(name)...)
	}
	dispatcher := schedule.NewDispatcher(lanes, health, breakers, feed, wake, config.Log, config.Now)
	e := &Engine{journal: health, health: health, now: config.Now, accounts: accounts, dispatcher: dispatcher}
	e.chats = chat.New(chat.Config{
		Journal: health, Accounts: accounts, Feed: feed, Wake: wake, Accept: e.AcceptX, Log: config.Log, Now: config.Now,
		Withdraw: func(ctx context.Context, id int64, why *bridge.Error) error { return e.worker.Withdraw(ctx, id, why) },
	})
	e.Console = console.New(console.Config{
		Journal: health, Health: health, Accounts: accounts, Breakers: breakers, Dispatcher: dispatcher, Chats: e.chats, Feed: feed,
		Wake: wake, Measure: config.Measure, Log: config.Log, Now: config.Now,
	})
	e.events = intake.NewEvents(intake.EventsConfig{
		Journal: health, Accounts: accounts, Feed: feed, Wake: wake, Read: config.Read, Heard: e.chats.Heard, Meter: config.Meter, Log: config.Log, Now: config.Now,
	})
	e.replies = intake.NewReplies(intake.RepliesConfig{
		Journal: health, Accounts: accounts, Scheduler: dispatcher, Chats: e.chats, Waiters: waiters, Feed: feed, Wake: wake,
		Meter: config.Meter, Measure: config.Measure, Log: config.Log, Now: config.Now,
	})
	e.worker = delivery.NewWorker(delivery.Config{
		Journal: health, Accounts: accounts, Breakers: breakers, Scheduler: dispatcher, Chats: e.chats, Waiters: waiters, Feed: feed,
		Meter: config.Meter, Wake: wake, Measure: config.Measure, Log: config.Log, Now: config.Now,
	})
	return e
}

func withDefaults(config Config) Config {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Measure == nil {
		config.Measure = func(string) (int, bool) { return 0, true }
	}
	if config.Meter == nil {
		config.Meter = noMeter{}
	}
	return config
}

// noMeter is told and forgets.
type noMeter struct{}

func (noMeter) Kept(bridge.Side, time.Duration)            {}
func (noMeter) Received(*bridge.Delivery)                  {}
func (noMeter) Attempted(*bridge.Delivery, bridge.Attempt) {}

func healthOf(config Config) *health.Journal {
	if health, ok := config.Journal.(*health.Journal); ok {
		return health
	}
	return health.Watch(config.Journal, config.Log, config.Now)
}

// Prepare reads what the journal kept over the restart. Call it once, before Run and before anything is accepted.
func (e *Engine) Prepare(ctx context.Context) error {
	if err := e.journal.Recover(ctx, e.now()); err != nil {
		return err
	}
	if err := e.dispatcher.Load(ctx); err != nil {
		return err
	}
	return e.accounts.Load(ctx)
}

// Run unpacks, delivers and watches the sides until ctx ends, lets running attempts finish within their grace, and
// returns nil.
func (e *Engine) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { e.events.Run(ctx) })
	workers.Go(func() { e.dispatcher.Run(ctx, e.worker, e.accounts) })
	workers.Go(func() { e.runLedgers(ctx) })
	workers.Go(func() { e.accounts.Run(ctx) })
	workers.Go(func() { e.health.Run(ctx) })
	workers.Go(func() { e.chats.Run(ctx) })
	workers.Wait()
	return nil
}

// AcceptX keeps an authentic body from X. The channels are those of the X app that signed it. When it returns nil
// the body is on disk and will be taken apart; the caller may acknowledge it.
func (e *Engine) AcceptX(ctx context.Context, channels []string, body []byte) error {
	return e.events.AcceptX(ctx, channels, body)
}

// AcceptReply keeps an agent's reply and waits up to ReplyWait for what becomes of it. raw is the body as Motion
// posted it. An error means that nothing was kept. A reply that was there already is answered by its state.
func (e *Engine) AcceptReply(ctx context.Context, channel string, reply bridge.Reply, raw []byte) (bridge.Outcome, error) {
	return e.replies.AcceptReply(ctx, channel, reply, raw)
}

// Round returns nil once the unpacker and the dispatcher have each made a round: they are alive; else it names the one that
// has not. It ends with ctx.
func (e *Engine) Round(ctx context.Context) error {
	if err := e.events.Round(ctx); err != nil {
		return fmt.Errorf("the unpacker makes no round: %w", err)
	}
	if err := e.dispatcher.Round(ctx); err != nil {
		return fmt.Errorf("the dispatcher makes no round: %w", err)
	}
	return nil
}

// Accounts returns the registry of the channels and their accounts.
func (e *Engine) Accounts() *account.Registry { return e.accounts }

// Missed says that events of a channel may have been missed; encrypted conversations are looked through at once. It does
// not block.
func (e *Engine) Missed(channel string) { e.chats.Missed(channel) }

// ForgetChat drops all that is kept of a channel's encrypted conversations, after its keys were deleted.
func (e *Engine) ForgetChat(ctx context.Context, channel string) error {
	return e.chats.Forget(ctx, channel)
}

// ledgerFlush is how often changed windows are written to the journal; a window that is used up is written at once.
const ledgerFlush = 2 * time.Second

// runLedgers writes down what X told of its limits until ctx ends.
func (e *Engine) runLedgers(ctx context.Context) {
	tick := time.NewTicker(ledgerFlush)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.flushLedgers(ctx)
		case <-ctx.Done():
			e.flushLedgers(context.WithoutCancel(ctx))
			return
		}
	}
}

func (e *Engine) flushLedgers(ctx context.Context) {
	for _, name := range e.accounts.Names() {
		if limits := e.accounts.Channel(name).Limits; limits != nil {
			limits.Flush(ctx)
		}
	}
}
