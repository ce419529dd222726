// Package bridge carries messages between X and XCALLY Motion. It is the domain: the rules, the states and the
// ports; adapters (bridge/xapi, bridge/motion, bridge/webhook, bridge/sqlite, …) depend on it and never it on them.
//
// # What it promises
//
//  1. Nothing is acknowledged before it is on disk. Kill -9 or power loss at any point loses no acknowledged message.
//  2. Inbound (X to Motion): at least once, duplicates removed by channel and X's own id. Order is kept within a
//     conversation; one slow conversation never holds up another.
//  3. Outbound (Motion to X): no blind repeat. When X may have taken a message but the answer was lost, Perch looks
//     for it; when it cannot tell, the message waits as Undecided for a person. A direct message is never sent again by
//     itself. A public post is sent once more, because X refuses an identical one.
//  4. Nothing fails silently: each message ends Delivered, Dead (with reason and remedy) or Discarded by a person.
//  5. A reply typed in a direct-message interaction never becomes a public post, and the other way round.
//  6. What Perch cannot read is counted, shown and told to the agent, never dropped.
//  7. A reply that waits never goes out from another X account than the one that its channel spoke for: keys that may be
//     another account's send nothing before X has told whose they are, nor after it while such replies wait.
//
// # States
//
// Queued → Sending → Delivered, or Queued again with a due time (retry or deferral), Undecided, Dead. A person turns
// Dead and Undecided into Queued or Discarded, and Undecided into Delivered.
//
// A retry follows a failed attempt: after 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 5 h, then every 10 h until five days
// after arrival. A deferral (rate limit, paused side, operator problem) does not count as an attempt. Permanent
// refusals end Dead at once. Retry-After and x-rate-limit-reset win over the table.
package bridge

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Channel is one X account joined to one Open Channel account of Motion.
type Channel struct {
	Name string
	// Mentions is whether public posts are delivered, or direct messages only.
	Mentions bool
	X        XClient
	Motion   MotionClient
	// Keys tells one account's keys from another's without holding them; empty when there are none. With the keys of the
	// last confirmed account Perch sends without asking X first.
	Keys string
	// Quota is the ledger that X's client obeys; shown to people.
	Quota *Ledger
}

// Config is what a Bridge is made of. Every field is needed but Now and Measure.
type Config struct {
	Channels []Channel
	// Journal is watched by the bridge; one that is a Health already is used as it is.
	Journal Journal
	Log     *slog.Logger
	// Read reads a body from X. It never fails: what cannot be read is an event of KindUnreadable.
	Read func(body []byte) Parsed
	// Measure returns the weighted length of a post and whether X takes it; nil counts nothing.
	Measure func(text string) (weighted int, valid bool)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Bridge takes in, schedules and delivers. Make it with New; it works while Run is running. All methods are safe
// for concurrent use.
type Bridge struct {
	journal  Journal // the health
	health   *Health
	log      *slog.Logger
	read     func([]byte) Parsed
	measure  func(string) (int, bool)
	now      func() time.Time
	channels map[string]*slot // never changed; what the slots hold is
	order    []string
	lanes    []Lane

	gates    *gates
	accounts *accounts
	waiters  *waiters
	files    *files
	feed     *Feed
	unpack   chan struct{} // wakes the unpacker; holds at most one signal
	wake     chan struct{} // wakes the dispatcher; holds at most one signal
	lastKept atomic.Int64  // Unix ms of the newest post kept
	paused   atomic.Bool
	resumes  atomic.Int64 // how often somebody said that things are mended
	inflight sync.Map     // delivery id → struct{}, for people's actions
}

// New returns a Bridge that does nothing until Run.
func New(config Config) *Bridge {
	b := &Bridge{
		log: config.Log, read: config.Read, measure: config.Measure, now: config.Now,
		channels: map[string]*slot{}, gates: newGates(), accounts: newAccounts(), waiters: newWaiters(), files: newFiles(),
		feed: NewFeed(), unpack: make(chan struct{}, 1), wake: make(chan struct{}, 1),
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.measure == nil {
		b.measure = func(string) (int, bool) { return 0, true }
	}
	b.health = healthOf(config, b.now)
	b.journal = b.health
	for i := range config.Channels {
		ch := config.Channels[i]
		b.channels[ch.Name] = newSlot(ch)
		b.order = append(b.order, ch.Name)
		b.lanes = append(b.lanes, LanesOf(ch.Name)...)
	}
	return b
}

func healthOf(config Config, now func() time.Time) *Health {
	if health, ok := config.Journal.(*Health); ok {
		return health
	}
	return Watch(config.Journal, config.Log, now)
}

// Prepare reads what the journal kept over the restart. Call it once, before Run and before anything is accepted.
func (b *Bridge) Prepare(ctx context.Context) error {
	if err := b.journal.Recover(ctx, b.now()); err != nil {
		return err
	}
	paused, err := b.journal.Setting(ctx, settingPaused)
	if err != nil {
		return err
	}
	b.paused.Store(paused == "1")
	for _, s := range b.channels {
		if err := b.loadAccount(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Run unpacks, delivers and watches the sides until ctx ends, lets running attempts finish within their grace, and
// returns nil.
func (b *Bridge) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { b.runUnpacker(ctx) })
	workers.Go(func() { b.runDispatcher(ctx) })
	workers.Go(func() { b.runLedgers(ctx) })
	workers.Go(func() { b.greet(ctx) })
	workers.Go(func() { b.health.run(ctx) })
	workers.Wait()
	return nil
}

// Feed returns the live feed of deliveries.
func (b *Bridge) Feed() *Feed { return b.feed }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
