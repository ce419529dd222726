// Package notify tells the service manager how the relay is, by systemd's protocol (sd_notify) or by a function that knows
// another.
//
// It guarantees that "ready" is told only after the relay has shown that it is alive, that the watchdog is fed only by a
// relay that shows it again each time, so that one that hangs is ended and started anew, and that no text holds anything of
// a message. A relay whose service manager has no watchdog watches itself by the same rule, and ends its process with an
// error when it hangs. Where no service manager is, nothing happens. A Manager is safe for concurrent use.
package notify

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

const (
	// statusEvery is how often the words are told anew where no watchdog asks more often.
	statusEvery = 20 * time.Second
	// feeds is how many times the watchdog is fed in the time that it gives: one that is late by chance does no harm.
	feeds = 3
	// readyRetry is the wait before a relay that has not shown yet that it is alive is asked again.
	readyRetry = 200 * time.Millisecond
	// wordsTime bounds the wait for the words.
	wordsTime = 5 * time.Second
	// maxWords bounds the words, in bytes; a datagram takes more.
	maxWords = 500
)

// Relay is what is told of.
type Relay interface {
	// Alive returns nil once the relay's loops have made a round. It ends with ctx.
	Alive(ctx context.Context) error
	// Words says in one line how the relay is. It ends with ctx.
	Words(ctx context.Context) string
}

// Manager is the service manager that started this process. Make it with New.
type Manager struct {
	log   *slog.Logger
	send  func(state string)
	every time.Duration // between two rounds; 0 when nobody asks
	abort func()        // ends the process of a relay that hangs; nil where the service manager does it
}

// New returns the service manager by this process's environment. isService says that one runs the relay which starts it
// anew when it ends with an error: where that is not systemd, the relay watches itself.
func New(log *slog.Logger, isService bool) *Manager {
	m := &Manager{log: log, send: func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Warn("the service manager was not told", "error", err)
		}
	}}
	told, err := daemon.SdNotify(false, statusKey+"Starting")
	if !told && isService {
		return &Manager{log: log, send: func(string) {}, every: ownLimit / feeds, abort: abort}
	}
	if !told || err != nil {
		return m
	}
	m.every = statusEvery
	if limit, err := daemon.SdWatchdogEnabled(false); err == nil && limit > 0 {
		m.every = min(m.every, limit/feeds)
	}
	return m
}

// To returns a service manager that is told by tell, in systemd's words: Ready, Fed, Stopping or WordsOf, one a line. The
// relay shows that it is alive several times in the time limit. tell must not block.
func To(log *slog.Logger, limit time.Duration, tell func(state string)) *Manager {
	return &Manager{log: log, send: tell, every: min(statusEvery, limit/feeds)}
}

// What a manager is told.
const (
	Ready    = daemon.SdNotifyReady
	Fed      = daemon.SdNotifyWatchdog
	Stopping = daemon.SdNotifyStopping
)

// WordsOf returns the words in what a manager was told; "" for none.
func WordsOf(state string) string {
	_, words, _ := strings.Cut(state, statusKey)
	return words
}

const statusKey = "STATUS="

// Run tells that the relay is ready, and feeds the watchdog while it is alive, until ctx ends; then it tells that the
// relay stops.
func (m *Manager) Run(ctx context.Context, relay Relay) {
	if m.every == 0 {
		<-ctx.Done()
		return
	}
	rounds := newGuard(m)
	defer rounds.watch(ctx)()
	m.becomeReady(ctx, relay, rounds)
	tick := time.NewTicker(m.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if m.isAlive(ctx, relay) {
				rounds.made()
				m.send(Fed + "\n" + m.words(ctx, relay))
			}
		case <-ctx.Done():
			m.send(Stopping + "\n" + status("Stopping: what has begun is finished"))
			return
		}
	}
}

func (m *Manager) becomeReady(ctx context.Context, relay Relay, rounds *guard) {
	for !m.isAlive(ctx, relay) {
		select {
		case <-time.After(readyRetry):
		case <-ctx.Done():
			return
		}
	}
	rounds.made()
	m.send(Ready + "\n" + Fed + "\n" + m.words(ctx, relay))
}

// words are the relay's, in bounded time: they hold up no feeding for long.
func (m *Manager) words(ctx context.Context, relay Relay) string {
	ctx, cancel := context.WithTimeout(ctx, min(m.every, wordsTime))
	defer cancel()
	return status(relay.Words(ctx))
}

func (m *Manager) isAlive(ctx context.Context, relay Relay) bool {
	round, cancel := context.WithTimeout(ctx, m.every)
	defer cancel()
	err := relay.Alive(round)
	if err != nil && ctx.Err() == nil {
		m.log.Error("the relay does not answer itself", "error", err)
	}
	return err == nil
}

// Reloading tells that a reload has begun; call the result when it has ended.
func (m *Manager) Reloading() (ended func()) {
	if m == nil || m.every == 0 {
		return func() {}
	}
	m.send(daemon.SdNotifyReloading)
	return func() { m.send(Ready) }
}

// Failed tells why the relay ends, as a sentence.
func (m *Manager) Failed(why string) {
	if m.every != 0 {
		m.send(status(why))
	}
}

func status(words string) string {
	words = strings.Join(strings.Fields(words), " ")
	return statusKey + strings.ToValidUTF8(words[:min(len(words), maxWords)], "")
}
