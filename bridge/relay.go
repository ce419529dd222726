package bridge

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"perch/bridge/wait"
)

// Config is what a Relay is made of. Every field is needed but Now and Measure.
type Config struct {
	Channels []Channel
	// Journal is watched by the relay; one that is a Health already is used as it is.
	Journal Journal
	Log     *slog.Logger
	// Read reads a body from X. It never fails: what cannot be read is an event of KindUnreadable.
	Read func(body []byte) Parsed
	// Measure returns the weighted length of a post and whether X takes it; nil counts nothing.
	Measure func(text string) (weighted int, valid bool)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Relay takes in, schedules and delivers. Make it with New; it works while Run is running. All methods are safe
// for concurrent use. What people see and do is its Console.
type Relay struct {
	*Console
	journal    Journal // the health
	health     *Health
	now        func() time.Time
	events     *Events
	replies    *Replies
	accounts   *Registry
	dispatcher *Dispatcher
	worker     *Worker
}

// New returns a Relay that does nothing until Run.
func New(config Config) *Relay {
	config = withDefaults(config)
	health := healthOf(config)
	breakers, feed, waiters, wake := NewBreakers(), NewFeed(), NewWaiters(), wait.NewSignal()
	accounts := NewRegistry(config.Channels, health, breakers, wake, config.Log, config.Now)
	var lanes []Lane
	for _, name := range accounts.Names() {
		lanes = append(lanes, LanesOf(name)...)
	}
	dispatcher := NewDispatcher(lanes, health, breakers, feed, wake, config.Log, config.Now)
	return &Relay{
		journal: health, health: health, now: config.Now, accounts: accounts, dispatcher: dispatcher,
		Console: NewConsole(ConsoleConfig{
			Journal: health, Health: health, Accounts: accounts, Breakers: breakers, Dispatcher: dispatcher, Feed: feed,
			Wake: wake, Log: config.Log, Now: config.Now,
		}),
		events: NewEvents(EventsConfig{
			Journal: health, Accounts: accounts, Feed: feed, Wake: wake, Read: config.Read, Log: config.Log, Now: config.Now,
		}),
		replies: NewReplies(RepliesConfig{
			Journal: health, Accounts: accounts, Scheduler: dispatcher, Waiters: waiters, Feed: feed, Wake: wake,
			Measure: config.Measure, Log: config.Log, Now: config.Now,
		}),
		worker: NewWorker(WorkerConfig{
			Journal: health, Accounts: accounts, Breakers: breakers, Scheduler: dispatcher, Waiters: waiters, Feed: feed,
			Measure: config.Measure, Log: config.Log, Now: config.Now,
		}),
	}
}

func withDefaults(config Config) Config {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Measure == nil {
		config.Measure = func(string) (int, bool) { return 0, true }
	}
	return config
}

func healthOf(config Config) *Health {
	if health, ok := config.Journal.(*Health); ok {
		return health
	}
	return Watch(config.Journal, config.Log, config.Now)
}

// Prepare reads what the journal kept over the restart. Call it once, before Run and before anything is accepted.
func (r *Relay) Prepare(ctx context.Context) error {
	if err := r.journal.Recover(ctx, r.now()); err != nil {
		return err
	}
	if err := r.dispatcher.Load(ctx); err != nil {
		return err
	}
	return r.accounts.Load(ctx)
}

// Run unpacks, delivers and watches the sides until ctx ends, lets running attempts finish within their grace, and
// returns nil.
func (r *Relay) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { r.events.Run(ctx) })
	workers.Go(func() { r.dispatcher.Run(ctx, r.worker, r.accounts) })
	workers.Go(func() { r.runLedgers(ctx) })
	workers.Go(func() { r.accounts.Run(ctx) })
	workers.Go(func() { r.health.Run(ctx) })
	workers.Wait()
	return nil
}

// AcceptX keeps an authentic body from X. The channels are those of the X app that signed it. When it returns nil
// the body is on disk and will be taken apart; the caller may acknowledge it.
func (r *Relay) AcceptX(ctx context.Context, channels []string, body []byte) error {
	return r.events.AcceptX(ctx, channels, body)
}

// AcceptReply keeps an agent's reply and waits up to ReplyWait for what becomes of it. raw is the body as Motion
// posted it. An error means that nothing was kept. A reply that was there already is answered by its state.
func (r *Relay) AcceptReply(ctx context.Context, channel string, reply Reply, raw []byte) (Outcome, error) {
	return r.replies.AcceptReply(ctx, channel, reply, raw)
}

// Accounts returns the registry of the channels and their accounts.
func (r *Relay) Accounts() *Registry { return r.accounts }

// ledgerFlush is how often changed windows are written to the journal; a window that is used up is written at once.
const ledgerFlush = 2 * time.Second

// runLedgers writes down what X told of its limits until ctx ends.
func (r *Relay) runLedgers(ctx context.Context) {
	tick := time.NewTicker(ledgerFlush)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.flushLedgers(ctx)
		case <-ctx.Done():
			r.flushLedgers(context.WithoutCancel(ctx))
			return
		}
	}
}

func (r *Relay) flushLedgers(ctx context.Context) {
	for _, name := range r.accounts.Names() {
		if limits := r.accounts.Channel(name).Limits; limits != nil {
			limits.Flush(ctx)
		}
	}
}
