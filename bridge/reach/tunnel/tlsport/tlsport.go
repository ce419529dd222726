// Package tlsport makes a tunnel that ends TLS itself, on a port of this computer or on what another tunnel carries.
//
// It guarantees that a certificate in use stays in use until a better one is there, that one which X would refuse, or soon
// will, is told in words, and that an authority is asked at a pace that it allows.
package tlsport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// portWait is the pause before a local port that is taken is tried again.
const portWait = 30 * time.Second

// Tunnel is a tunnel.Tunnel that ends TLS itself: on a port of this computer, or on what another tunnel brings, whose far host then
// never sees plain text. Its certificate comes from files (NewFiles) or by ACME (NewACME).
type Tunnel struct {
	*link.Keeper
	under  tunnel.Tunnel
	source source
}

var _ tunnel.Tunnel = (*Tunnel)(nil)

// source has a certificate and keeps it fresh.
type source interface {
	// config is what handshakes need. It is valid before run.
	config() *tls.Config
	// run tells how the certificate is, until ctx ends. under is what carries the handshakes.
	run(ctx context.Context, under tunnel.Tunnel)
}

// Listen implements tunnel.Tunnel. The handshake is made by the first read from a connection, under the reader's deadline.
func (t *Tunnel) Listen(ctx context.Context) (net.Listener, error) {
	inner, err := t.under.Listen(ctx)
	if err != nil {
		return nil, err
	}
	ctx, q := link.NewQueue(ctx, inner.Addr())
	config := t.source.config()
	t.Go(func() {
		for {
			conn, err := inner.Accept()
			if err != nil {
				return
			}
			q.Offer(tls.Server(conn, config))
		}
	})
	t.Go(func() {
		<-ctx.Done()
		_ = inner.Close()
		q.Drain()
	})
	t.Go(func() {
		t.source.run(ctx, t.under)
		t.Closed()
	})
	return q, nil
}

// State implements Tunnel: the trouble nearest to a person's hands.
func (t *Tunnel) State() tunnel.State {
	own, under := t.Keeper.State(), t.under.State()
	if own.State == tunnel.Failed || under.State == tunnel.Connected {
		return own
	}
	under.PublicURL = own.PublicURL
	return under
}

// Retry implements tunnel.Tunnel.
func (t *Tunnel) Retry() {
	t.Keeper.Retry()
	t.under.Retry()
}

// Wait implements tunnel.Tunnel.
func (t *Tunnel) Wait() {
	t.Keeper.Wait()
	t.under.Wait()
}

// port is the Tunnel that is none: a port of this computer. A port that is taken is tried again.
type port struct {
	*link.Keeper
	listen string
}

// carrier returns what lies under TLS: the given tunnel, or else a port of this computer.
func carrier(under tunnel.Tunnel, c *link.Keeper, listen string) tunnel.Tunnel {
	if under != nil {
		return under
	}
	p := &port{Keeper: link.New("port", "", c.Log), listen: listen}
	p.Patience = portWait
	return p
}

// Listen implements tunnel.Tunnel.
func (p *port) Listen(ctx context.Context) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(p.listen); err != nil {
		return nil, link.BadSetting("reach.tls.listen", p.listen, "write it as host:port, or :443 for every address of this computer")
	}
	ctx, q := link.NewQueue(ctx, link.Address(p.listen))
	p.Go(func() {
		p.Keep(ctx, func(ctx context.Context) error { return p.attempt(ctx, q) }, func() string { return "" })
		q.Drain()
	})
	return q, nil
}

func (p *port) attempt(ctx context.Context, q *link.Queue) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.listen)
	if err != nil {
		return portError(p.listen, err)
	}
	p.Up("", "listens on "+listener.Addr().String())
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer func() {
		stop()
		_ = listener.Close()
	}()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return link.Temporary("tls/accept", "the connections to "+p.listen+" could not be accepted", "", err)
		}
		q.Offer(conn)
	}
}

func portError(listen string, err error) *bridge.Error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), "Only one usage of each socket address"):
		return link.Operator(tunnel.CodePortInUse, "another program on this computer listens on "+listen+" already",
			"stop it, or choose another listen under [reach.tls] and have port 443 of the public address forwarded to it", err)
	case errors.Is(err, syscall.EACCES):
		return link.Operator("tls/port_rights", "Perch may not listen on "+listen+": ports below 1024 are kept for the system",
			"allow it with: sudo setcap cap_net_bind_service=+ep PATH_OF_PERCH; or choose listen = \":8443\" under [reach.tls] and have "+
				"port 443 of the public address forwarded to it", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return link.Operator("tls/port_address", "this computer has no address "+listen, "correct listen under [reach.tls]; \":443\" takes every address", err)
	}
	return link.Operator("tls/port", "Perch cannot listen on "+listen, "correct listen under [reach.tls]", err)
}
