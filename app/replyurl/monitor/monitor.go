// Package monitor looks at the Reply URL that Motion has of each channel: when it is wrong, agents' answers come nowhere,
// and nothing else would tell.
//
// It guarantees that Motion is never asked while it refuses the credentials, that trouble of Motion's changes no verdict,
// and that what has been mended shows within seconds.
package monitor

import (
	"sync"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// Config is what a Monitor is made of. Every field is needed.
type Config struct {
	// Targets are the channels as they are now.
	Targets func() []Target
	// MayAsk reports whether Motion may be asked: not while it refuses the credentials.
	MayAsk func(channel string) bool
	// Changed is told what has become of a Reply URL.
	Changed func(channel string, now control.Link)
}

// Monitor checks the Reply URL of each channel. It is safe for concurrent use.
type Monitor struct {
	Config
	poked chan struct{} // holds at most one signal

	mu   sync.Mutex
	seen map[string]*observation
}

// New returns a monitor that does nothing until Run.
func New(c Config) *Monitor {
	return &Monitor{Config: c, poked: make(chan struct{}, 1), seen: map[string]*observation{}}
}

// Poke makes it check at once.
func (m *Monitor) Poke() {
	select {
	case m.poked <- struct{}{}:
	default:
	}
}

// Retry makes it check at once, also with credentials that Motion has refused for the account: a person has asked for it.
func (m *Monitor) Retry() {
	m.mu.Lock()
	for _, seen := range m.seen {
		seen.refused = nil
	}
	m.mu.Unlock()
	m.Poke()
}

func (m *Monitor) hasten() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, seen := range m.seen {
		seen.due, seen.waits = time.Time{}, 0
	}
}

// Link says how the Reply URL of a channel is.
func (m *Monitor) Link(channel string) control.Link {
	m.mu.Lock()
	defer m.mu.Unlock()
	if seen := m.seen[channel]; seen != nil {
		return seen.link
	}
	return control.Link{State: bridge.LinkUnknown}
}

// observation is what is known of a channel's Reply URL.
type observation struct {
	link  control.Link
	due   time.Time
	waits int
	// refused is the login that Motion refused when it was asked for the account.
	refused any
}
