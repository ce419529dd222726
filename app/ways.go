package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge/endpoint"
	"perch/bridge/reach"
	"perch/bridge/reach/tunnel"
	"perch/bridge/secret"
	"perch/bridge/webhook"
)

// ways is how X reaches this relay: one way in for each X app, and the tunnel that gives them a public address.
type ways struct {
	relay  *relay
	tunnel tunnel.Tunnel
	now    atomic.Pointer[wayList]
	// renew asks for other ways in place of those that run; it holds at most one signal.
	renew chan struct{}
}

// wayList is the ways that run together, made of one setup.
type wayList struct {
	ways  []reach.Way
	since time.Time
}

// recentEvent is how long an authentic event or CRC proves that X reaches the relay, whatever else is wrong.
const recentEvent = 5 * time.Minute

func newWays(r *relay) *ways {
	w := &ways{relay: r, tunnel: newTunnel(r.home, r.setup(), r.log), renew: make(chan struct{}, 1)}
	w.now.Store(w.list())
	return w
}

// list makes the ways of the relay's setup of now.
func (w *ways) list() *wayList {
	r, s := w.relay, w.relay.setup()
	list := &wayList{since: time.Now()}
	for i, a := range r.webhookConfig(s).Apps {
		c := reach.Config{Inbox: r.bridge, Memory: r.journal, Settings: r.health, Log: r.log}
		for _, name := range a.Channels {
			at := slices.IndexFunc(s.config.Channels, func(ch config.Channel) bool { return ch.Name == name })
			ch := s.config.Channels[at]
			c.Members = append(c.Members, reach.Member{Channel: name, X: s.clients[at].x, Mentions: ch.X.Mentions, Encrypted: ch.X.Chat})
		}
		list.ways = append(list.ways, w.newWay(s.config.Reach.Mode, c, i, a))
	}
	return list
}

func (w *ways) newWay(mode string, c reach.Config, index int, a webhook.App) reach.Way {
	switch mode {
	case reach.ModeWebhook:
		sign := func(token string) string { return endpoint.Sign(a.ConsumerSecret, []byte(token)) }
		return reach.NewWebhook(reach.WebhookConfig{
			Config: c, URL: func() string { return w.publicURL(index, a.Channels[0]) },
			Prober: endpoint.Prober{Sign: sign, Seen: func() time.Time { return w.relay.handler.Stats().LastCRC }},
		})
	case reach.ModePoll:
		return reach.NewPoll(c)
	}
	if !c.Members[0].X.HasActivity() {
		w.relay.log.Warn("api v1.1 has no activity stream; its events are fetched by polling", "channel", a.Channels[0])
		return reach.NewPoll(c)
	}
	return reach.NewStream(c)
}

// publicURL is the address that X calls for an app; "" while there is none. The first app has the bare path.
func (w *ways) publicURL(index int, channel string) string {
	at := endpoint.PathEvents
	if index > 0 {
		at += "/" + channel
	}
	s := w.relay.setup()
	if u := adapter.PublicURL(s.config, s.values, at); u != "" || w.tunnel == nil || w.tunnel.State().PublicURL == "" {
		return u
	}
	return strings.TrimSuffix(w.tunnel.State().PublicURL, "/") + at
}

// newTunnel makes the tunnel that perch.toml names; nil when it names none.
func newTunnel(home config.Home, s *setup, log *slog.Logger) tunnel.Tunnel {
	c := s.config.Reach
	value := func(name string) string { return s.values[secret.Key{Name: name}] }
	tagged := log.With("tunnel", c.Tunnel)
	switch c.Tunnel {
	case config.TunnelSSH:
		forward := tunnel.NewSSH(tunnel.SSHConfig{
			Address: c.SSH.Address, User: c.SSH.User, RemoteListen: c.SSH.RemoteListen, IdentityFile: c.SSH.IdentityFile,
			Passphrase: value("reach.ssh_passphrase"), KnownHosts: c.SSH.KnownHosts, PublicURL: c.PublicURL, Log: tagged,
		})
		if c.TLS.CertFile != "" || c.TLS.ACMEDomain != "" {
			return newTLS(home, c, log, forward)
		}
		return forward
	case config.TunnelNgrok:
		return tunnel.NewNgrok(tunnel.NgrokConfig{Token: value("reach.ngrok_token"), Domain: c.Ngrok.Domain, Log: tagged})
	case config.TunnelCloudflared:
		return &cloudflared{local: portBehind(s.config.Listen), config: tunnel.CloudflaredConfig{
			Path: c.Cloudflared.Path, Token: value("reach.cloudflared_token"), PublicURL: c.PublicURL, Log: tagged,
		}}
	case config.TunnelTLS:
		return newTLS(home, c, log, nil)
	}
	return nil
}

// newTLS makes the port that ends TLS: on this computer, or under another tunnel.
func newTLS(home config.Home, c config.Reach, log *slog.Logger, under tunnel.Tunnel) tunnel.Tunnel {
	if c.TLS.CertFile != "" {
		return tunnel.NewTLS(tunnel.TLSConfig{
			CertFile: c.TLS.CertFile, KeyFile: c.TLS.KeyFile, Listen: c.TLS.Listen, Under: under, PublicURL: c.PublicURL, Log: log,
		})
	}
	return tunnel.NewACME(tunnel.ACMEConfig{
		Domain: c.TLS.ACMEDomain, Email: c.TLS.ACMEEmail, Listen: c.TLS.Listen, Under: under, Log: log,
		Storage: filepath.Join(filepath.Dir(home.Journal()), "acme"),
	})
}

// cloudflared is a tunnel whose loopback port is opened with it.
type cloudflared struct {
	// local is where the dashboard's service has to point to: the port behind that of listen.
	local  string
	config tunnel.CloudflaredConfig
	*tunnel.Cloudflared
}

// portBehind is the loopback address with the port that follows the given one's; any port for port 0.
func portBehind(address string) string {
	_, port, _ := net.SplitHostPort(address) // checked with the configuration
	n, err := strconv.Atoi(port)
	if err != nil || n == 0 {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(n+1))
}

// Listen implements tunnel.Tunnel.
func (c *cloudflared) Listen(ctx context.Context) (net.Listener, error) {
	local, err := listenPublic(ctx, c.local)
	if err != nil {
		return nil, err
	}
	c.config.Local = local
	c.Cloudflared = tunnel.NewCloudflared(c.config)
	return c.Cloudflared.Listen(ctx)
}

// State implements tunnel.Tunnel.
func (c *cloudflared) State() tunnel.State {
	if c.Cloudflared == nil {
		return tunnel.State{State: tunnel.Connecting, PublicURL: c.config.PublicURL}
	}
	return c.Cloudflared.State()
}

// run works until ctx ends.
func (w *ways) run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { w.runWays(ctx) })
	var err error
	if w.tunnel != nil {
		err = w.serveTunnel(ctx)
	}
	workers.Wait()
	return err
}

// runWays runs the ways, and when they are to be replaced the next ones after them: what came between is fetched as
// after any break.
func (w *ways) runWays(ctx context.Context) {
	for {
		turn, end := context.WithCancel(ctx)
		var running sync.WaitGroup
		for _, way := range w.now.Load().ways {
			running.Go(func() { _ = way.Run(turn) }) // returns nil by its contract
		}
		select {
		case <-w.renew:
		case <-ctx.Done():
		}
		end()
		running.Wait()
		if ctx.Err() != nil {
			return
		}
		w.now.Store(w.list())
	}
}

// replace makes ways of the setup of now take over from those that run; it does not wait for them.
func (w *ways) replace() {
	select {
	case w.renew <- struct{}{}:
	default:
	}
}

// serveTunnel answers what comes through the tunnel. Only X's paths are open there; the Reply URL too when the far end
// is a loopback address, which the Motion server itself alone can reach.
func (w *ways) serveTunnel(ctx context.Context) error {
	listener, err := w.tunnel.Listen(ctx)
	if err != nil {
		return err
	}
	c := w.relay.setup().config.Reach
	host, _, splitErr := net.SplitHostPort(c.SSH.RemoteListen)
	ip := net.ParseIP(host)
	private := c.Tunnel == config.TunnelSSH && splitErr == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
	err = webhook.Serve(ctx, listener, tunnel.PublicOnly(w.relay.handler, private || c.ReplyPublic), w.relay.log)
	w.tunnel.Wait()
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// poke makes everything look again at once.
func (w *ways) poke() {
	for _, way := range w.now.Load().ways {
		way.Poke()
	}
	if w.tunnel != nil {
		w.tunnel.Retry()
	}
}

var proxyToken = regexp.MustCompile(`([?&]token=)[^&]+`)

var reachOrder = []string{reach.Degraded, reach.Connecting, reach.Unknown, reach.Connected}

// state sums up all ways: the worst one speaks.
func (w *ways) state() control.Reach {
	c, list := w.relay.setup().config, w.now.Load().ways
	out := control.Reach{Mode: c.Reach.Mode, State: reach.Unknown, Gaps: []control.Gap{}}
	if len(list) == 0 {
		out.Detail = "no channel has its X keys yet: store them with perch secret set"
		return out
	}
	states := make([]reach.State, 0, len(list))
	for _, way := range list {
		states = append(states, way.State())
	}
	for _, s := range states {
		for _, g := range s.Gaps {
			out.Gaps = append(out.Gaps, control.Gap{Channel: g.Channel, From: g.From, To: g.To, Recovered: g.Recovered, Lost: g.Lost})
		}
	}
	worst := slices.MinFunc(states, func(a, b reach.State) int {
		return cmp.Compare(slices.Index(reachOrder, a.State), slices.Index(reachOrder, b.State))
	})
	out.State, out.LastProof = worst.State, timeOrNil(worst.LastProof)
	out.PublicURL = proxyToken.ReplaceAllString(worst.PublicURL, "${1}…") // shown often; perch urls shows it whole
	out.Detail = joined(worst.Detail, worst.Remedy)
	w.addTunnel(&out)
	w.addEvents(&out)
	return out
}

// addTunnel lets the tunnel speak where it is the cause.
func (w *ways) addTunnel(out *control.Reach) {
	if w.tunnel == nil {
		if out.Mode == reach.ModeWebhook && out.PublicURL == "" {
			out.Detail = "there is no public address: fill in reach.public_url, reach.motion_proxy or reach.tunnel in perch.toml"
		}
		return
	}
	t := w.tunnel.State()
	out.Tunnel = &control.Tunnel{Kind: w.relay.setup().config.Reach.Tunnel, State: t.State, Detail: joined(t.Detail, t.Remedy)}
	if t.State == tunnel.Failed || t.State == tunnel.Degraded {
		out.State, out.Detail = reach.Degraded, "tunnel: "+joined(t.Detail, t.Remedy)
	}
}

// addEvents counts an authentic event or CRC as a proof: X does reach the relay.
func (w *ways) addEvents(out *control.Reach) {
	seen := w.relay.handler.Stats()
	last := seen.LastCRC
	if seen.LastEvent.After(last) {
		last = seen.LastEvent
	}
	if last.IsZero() || (out.LastProof != nil && !last.After(*out.LastProof)) {
		return
	}
	out.LastProof = &last
	if out.State == reach.Unknown || out.State == reach.Connecting {
		out.State = reach.Connected
	}
}

// isTrouble reports whether the state is one that a person should look at: not while they have just begun, and not
// while events come in all the same.
func (w *ways) isTrouble(s control.Reach) bool {
	if s.State != reach.Degraded || time.Since(w.now.Load().since) < startGrace {
		return false
	}
	return s.LastProof == nil || time.Since(*s.LastProof) > recentEvent
}

// startGrace is how long the ways in may take to come up.
const startGrace = 30 * time.Second

func joined(detail, remedy string) string {
	if remedy == "" || detail == "" {
		return cmp.Or(detail, remedy)
	}
	return detail + "; " + remedy
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
