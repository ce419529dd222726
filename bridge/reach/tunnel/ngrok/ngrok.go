// Package ngrok makes a tunnel by ngrok's service.
//
// It guarantees that an error which a person has to end ends the session, and that the account's token is in no log, no
// state and no error.
package ngrok

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"golang.ngrok.com/ngrok/v2"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// Config is what a tunnel of ngrok is made of.
type Config struct {
	// Token is the account's authtoken.
	Token string
	// Domain is a domain of the account; empty means the one that ngrok gives.
	Domain string
	Log    *slog.Logger
}

// Tunnel is a tunnel.Tunnel by ngrok's service, which ends TLS: ngrok can read what passes. The public URL is known once the
// tunnel is up.
type Tunnel struct {
	*link.Keeper
	config Config
	dialer ngrok.Dialer // tests reach no network
}

var _ tunnel.Tunnel = (*Tunnel)(nil)

// New returns a tunnel of ngrok. It starts nothing.
func New(config Config) *Tunnel {
	publicURL := ""
	if config.Domain != "" {
		publicURL = "https://" + config.Domain
	}
	return &Tunnel{Keeper: link.New("ngrok", publicURL, config.Log), config: config}
}

// Listen implements tunnel.Tunnel.
func (n *Tunnel) Listen(ctx context.Context) (net.Listener, error) {
	if strings.ContainsAny(n.config.Domain, "/: ") {
		return nil, link.BadSetting("reach.ngrok.domain", n.config.Domain, "write the name only, such as perch.ngrok.app")
	}
	ctx, q := link.NewQueue(ctx, link.Address("ngrok"))
	n.Go(func() {
		n.Keep(ctx, func(ctx context.Context) error { return n.attempt(ctx, q) }, func() string { return "" })
		q.Drain()
	})
	return q, nil
}

// visit is one session with ngrok.
type visit struct {
	*Tunnel
	cancel  context.CancelFunc
	failure atomic.Pointer[bridge.Error]
	url     atomic.Pointer[string]
}

// attempt opens a session and serves it until it is lost or ctx ends. The library connects again by itself and tells of
// it by events; an error that a person has to end stops it, because it would go on for ever.
func (n *Tunnel) attempt(ctx context.Context, q *link.Queue) error {
	if n.config.Token == "" {
		return ngrokTokenError("ngrok needs the token of an account", "", nil)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	v := &visit{Tunnel: n, cancel: cancel}
	agent, err := ngrok.NewAgent(v.options()...)
	if err != nil {
		return ngrokError(err)
	}
	defer func() { _ = agent.Disconnect() }()
	stop := context.AfterFunc(ctx, cancel)
	listener, err := agent.Listen(life, v.endpoint()...)
	if !stop() || err != nil {
		return v.why(err)
	}
	u := listener.URL().String()
	v.url.Store(&u)
	v.Up(u, "ngrok hands on what arrives at "+u)
	return v.serve(ctx, listener, q)
}

func (v *visit) options() []ngrok.AgentOption {
	options := []ngrok.AgentOption{
		ngrok.WithAuthtoken(v.config.Token), ngrok.WithClientInfo("perch", "1"), ngrok.WithEventHandler(v.onEvent),
		// ngrok's messages repeat the token, so its log is not ours; events tell what matters.
		ngrok.WithLogger(slog.New(slog.DiscardHandler)),
	}
	if v.dialer != nil {
		options = append(options, ngrok.WithDialer(v.dialer))
	}
	return options
}

func (v *visit) endpoint() []ngrok.EndpointOption {
	options := []ngrok.EndpointOption{ngrok.WithDescription("Perch")}
	if v.config.Domain != "" {
		options = append(options, ngrok.WithURL("https://"+v.config.Domain))
	}
	return options
}

func (v *visit) onEvent(event ngrok.Event) {
	switch e := event.(type) {
	case *ngrok.EventAgentConnectSucceeded:
		if u := v.url.Load(); u != nil {
			v.Up(*u, "ngrok hands on what arrives at "+*u)
		}
	case *ngrok.EventAgentDisconnected:
		if e.Error == nil || errors.Is(e.Error, context.Canceled) {
			return
		}
		trouble := ngrokError(e.Error)
		v.failure.Store(trouble)
		if trouble.Kind == bridge.Operator {
			v.cancel() // the end of the attempt tells it
			return
		}
		v.Down(trouble, time.Time{})
	}
}

// serve feeds the queue until the session is given up or ctx ends.
func (v *visit) serve(ctx context.Context, listener ngrok.EndpointListener, q *link.Queue) error {
	ended := make(chan error, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				ended <- err
				return
			}
			q.Offer(conn)
		}
	}()
	select {
	case err := <-ended:
		return v.why(err)
	case <-ctx.Done():
	}
	// Closing asks ngrok, which may not answer; the end of the session does it then.
	go func() { _ = listener.Close() }()
	q.Drain()
	return nil
}

// why is the reason for the end of a session, which its last event knew best.
func (v *visit) why(err error) error {
	if failure := v.failure.Load(); failure != nil {
		return failure
	}
	return ngrokError(err)
}
