package tunnel

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"

	"perch/bridge"
)

// portWait is the pause before a local port that is taken is tried again.
const portWait = 30 * time.Second

// TLS is a Tunnel that ends TLS itself: on a port of this computer, or on what another tunnel brings, whose far host then
// never sees plain text. Its certificate comes from files (NewTLS) or by ACME (NewACME).
type TLS struct {
	*core
	under  Tunnel
	source source
}

var _ Tunnel = (*TLS)(nil)

// source has a certificate and keeps it fresh.
type source interface {
	// config is what handshakes need. It is valid before run.
	config() *tls.Config
	// run tells how the certificate is, until ctx ends. under is what carries the handshakes.
	run(ctx context.Context, under Tunnel)
}

// Listen implements Tunnel. The handshake is made by the first read from a connection, under the reader's deadline.
func (t *TLS) Listen(ctx context.Context) (net.Listener, error) {
	inner, err := t.under.Listen(ctx)
	if err != nil {
		return nil, err
	}
	ctx, q := newQueue(ctx, inner.Addr())
	config := t.source.config()
	t.Go(func() {
		for {
			conn, err := inner.Accept()
			if err != nil {
				return
			}
			q.offer(tls.Server(conn, config))
		}
	})
	t.Go(func() {
		<-ctx.Done()
		_ = inner.Close()
		q.drain()
	})
	t.Go(func() {
		t.source.run(ctx, t.under)
		t.closed()
	})
	return q, nil
}

// State implements Tunnel: the trouble nearest to a person's hands.
func (t *TLS) State() State {
	own, under := t.core.State(), t.under.State()
	if own.State == Failed || under.State == Connected {
		return own
	}
	under.PublicURL = own.PublicURL
	return under
}

// Retry implements Tunnel.
func (t *TLS) Retry() {
	t.core.Retry()
	t.under.Retry()
}

// Wait implements Tunnel.
func (t *TLS) Wait() {
	t.core.Wait()
	t.under.Wait()
}

// port is the Tunnel that is none: a port of this computer. A port that is taken is tried again.
type port struct {
	*core
	listen string
}

// carrier returns what lies under TLS: the given tunnel, or else a port of this computer.
func carrier(under Tunnel, c *core, listen string) Tunnel {
	if under != nil {
		return under
	}
	p := &port{core: newCore("port", "", c.log), listen: listen}
	p.patience = portWait
	return p
}

// Listen implements Tunnel.
func (p *port) Listen(ctx context.Context) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(p.listen); err != nil {
		return nil, badSetting("reach.tls.listen", p.listen, "write it as host:port, or :443 for every address of this computer")
	}
	ctx, q := newQueue(ctx, address(p.listen))
	p.Go(func() {
		p.keep(ctx, func(ctx context.Context) error { return p.attempt(ctx, q) }, func() string { return "" })
		q.drain()
	})
	return q, nil
}

func (p *port) attempt(ctx context.Context, q *queue) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.listen)
	if err != nil {
		return portError(p.listen, err)
	}
	p.up("", "listens on "+listener.Addr().String())
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer func() {
		stop()
		_ = listener.Close()
	}()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return temporary("tls/accept", "the connections to "+p.listen+" could not be accepted", "", err)
		}
		q.offer(conn)
	}
}

func portError(listen string, err error) *bridge.Error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), "Only one usage of each socket address"):
		return operator(CodePortInUse, "another program on this computer listens on "+listen+" already",
			"stop it, or choose another listen under [reach.tls] and have port 443 of the public address forwarded to it", err)
	case errors.Is(err, syscall.EACCES):
		return operator("tls/port_rights", "Perch may not listen on "+listen+": ports below 1024 are kept for the system",
			"allow it with: sudo setcap cap_net_bind_service=+ep PATH_OF_PERCH; or choose listen = \":8443\" under [reach.tls] and have "+
				"port 443 of the public address forwarded to it", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return operator("tls/port_address", "this computer has no address "+listen, "correct listen under [reach.tls]; \":443\" takes every address", err)
	}
	return operator("tls/port", "Perch cannot listen on "+listen, "correct listen under [reach.tls]", err)
}
