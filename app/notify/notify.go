// Package notify tells the service manager how the relay is, by systemd's protocol (sd_notify).
//
// It guarantees that "ready" is told only after the relay has shown that it is alive, that the watchdog is fed only by a
// relay that shows it again each time, so that one that hangs is ended and started anew, and that no text holds anything of
// a message. Where no service manager asked for it, nothing happens. A Manager is safe for concurrent use.
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
}

// New returns the service manager by this process's environment.
func New(log *slog.Logger) *Manager {
	m := &Manager{log: log, send: func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Warn("the service manager was not told", "error", err)
		}
	}}
	told, err := daemon.SdNotify(false, "STATUS=Starting")
	if !told || err != nil {
		return m
	}
	m.every = statusEvery
	if limit, err := daemon.SdWatchdogEnabled(false); err == nil && limit > 0 {
		m.every = min(m.every, limit/feeds)
	}
	return m
}

// Run tells that the relay is ready, and feeds the watchdog while it is alive, until ctx ends; then it tells that the
// relay stops.
func (m *Manager) Run(ctx context.Context, relay Relay) {
	if m.every == 0 {
		<-ctx.Done()
		return
	}
	m.becomeReady(ctx, relay)
	tick := time.NewTicker(m.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if m.isAlive(ctx, relay) {
				m.send(daemon.SdNotifyWatchdog + "\n" + m.words(ctx, relay))
			}
		case <-ctx.Done():
			m.send(daemon.SdNotifyStopping + "\n" + status("Stopping: what has begun is finished"))
			return
		}
	}
}

func (m *Manager) becomeReady(ctx context.Context, relay Relay) {
	for !m.isAlive(ctx, relay) {
		select {
		case <-time.After(readyRetry):
		case <-ctx.Done():
			return
		}
	}
	m.send(daemon.SdNotifyReady + "\n" + daemon.SdNotifyWatchdog + "\n" + m.words(ctx, relay))
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
	return func() { m.send(daemon.SdNotifyReady) }
}

// Failed tells why the relay ends, as a sentence.
func (m *Manager) Failed(why string) {
	if m.every != 0 {
		m.send(status(why))
	}
}

func status(words string) string {
	words = strings.Join(strings.Fields(words), " ")
	return "STATUS=" + strings.ToValidUTF8(words[:min(len(words), maxWords)], "")
}
