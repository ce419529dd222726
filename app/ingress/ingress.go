// Package ingress is how X and Motion reach a relay: the receivers of X's events, the tunnel that gives them a public
// address, and the addresses to tell.
//
// It guarantees that receivers which are replaced end before the next ones begin, that only what X and Motion call is open
// to the outside, that a state says "connected" only where a receiver or an authentic event has proved it, and that no
// secret of an address is in a state.
package ingress

import (
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge/endpoint"
	"perch/bridge/reach"
	"perch/bridge/reach/tunnel"
	"perch/bridge/secret"
	"perch/bridge/webhook"
	"perch/bridge/xapi"
)

// Setup is what the receivers are made of.
type Setup struct {
	Config *config.Config
	Values map[secret.Key]string
	// X are the clients of X in the order of the channels.
	X []*xapi.Client
}

// Config is what an Ingress is made of. Every field is needed.
type Config struct {
	Home     config.Home
	Inbox    reach.Inbox
	Memory   reach.Memory
	Settings reach.Settings
	Handler  *webhook.Handler
	// Missed is told that something of a channel may have been missed which X lists elsewhere. It does not block.
	Missed func(channel string)
	// IsSaving reports whether X is to be asked less often where nothing seems to be missing.
	IsSaving func() bool
	// Setup returns what the relay works with now.
	Setup func() Setup
	Log   *slog.Logger
}

// Ingress is the way into one relay: one receiver for each X app, and the tunnel.
type Ingress struct {
	Config
	tunnel  tunnel.Tunnel // nil for none
	current atomic.Pointer[receivers]
	// renew asks for other receivers in place of those that run; it holds at most one signal.
	renew chan struct{}
}

// receivers are those that run together, made of one setup.
type receivers struct {
	list  []reach.Source
	since time.Time
}

// New returns an Ingress that does nothing until Run.
func New(c Config) *Ingress {
	i := &Ingress{Config: c, renew: make(chan struct{}, 1)}
	s := c.Setup()
	i.tunnel = NewTunnel(c.Home, s.Config, s.Values, c.Log)
	i.current.Store(i.makeReceivers())
	return i
}

// makeReceivers makes those of the setup of now.
func (i *Ingress) makeReceivers() *receivers {
	s := i.Setup()
	made := &receivers{since: time.Now()}
	for n, a := range adapter.Apps(s.Config, s.Values) {
		c := reach.Config{Inbox: i.Inbox, Memory: i.Memory, Settings: i.Settings, Missed: i.Missed, IsSaving: i.IsSaving, Log: i.Log}
		for _, name := range a.Channels {
			at := slices.IndexFunc(s.Config.Channels, func(ch config.Channel) bool { return ch.Name == name })
			ch := s.Config.Channels[at]
			c.Members = append(c.Members, reach.Member{Channel: name, X: s.X[at], Wanted: adapter.Wanted(ch, s.Values)})
		}
		made.list = append(made.list, i.newReceiver(s.Config.Reach.Mode, c, n, a))
	}
	return made
}

func (i *Ingress) newReceiver(mode string, c reach.Config, index int, a adapter.App) reach.Source {
	switch mode {
	case reach.ModeWebhook:
		sign := func(token string) string { return endpoint.Sign(a.ConsumerSecret, []byte(token)) }
		return reach.NewWebhook(reach.WebhookConfig{
			Config: c, URL: func() string { return i.PublicURL(index, a.Channels[0]) },
			Prober: endpoint.Prober{Sign: sign, Seen: func() time.Time { return i.Handler.Stats().LastCRC }},
		})
	case reach.ModePoll:
		return reach.NewPoll(c)
	}
	if !c.Members[0].X.HasActivity() {
		i.Log.Warn("api v1.1 has no activity stream; its events are fetched by polling", "channel", a.Channels[0])
		return reach.NewPoll(c)
	}
	return reach.NewStream(c)
}

// PublicURL is the address that X calls for an app; "" while there is none. The first app has the bare path.
func (i *Ingress) PublicURL(index int, channel string) string {
	at := endpoint.PathEvents
	if index > 0 {
		at += "/" + channel
	}
	s := i.Setup()
	if u := adapter.PublicURL(s.Config, s.Values, at); u != "" || i.tunnel == nil || i.tunnel.State().PublicURL == "" {
		return u
	}
	return strings.TrimSuffix(i.tunnel.State().PublicURL, "/") + at
}
