package sshforward

import (
	"context"
	"net"
	"strconv"

	"perch/bridge/reach/tunnel/link"
)

// Listen implements tunnel.Tunnel.
func (s *Tunnel) Listen(ctx context.Context) (net.Listener, error) {
	host, _, err := net.SplitHostPort(s.config.Address)
	if err != nil || host == "" {
		return nil, link.BadSetting("reach.ssh.address", s.config.Address, "write it as host or host:port")
	}
	_, port, err := net.SplitHostPort(s.config.RemoteListen)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
		return nil, link.BadSetting("reach.ssh.remote_listen", s.config.RemoteListen, "write it as host:port, such as 127.0.0.1:3002")
	}
	ctx, q := link.NewQueue(ctx, link.Address(s.config.RemoteListen))
	s.Go(func() {
		s.Keep(ctx, func(ctx context.Context) error { return s.attempt(ctx, q) }, func() string { return link.FileMarks(s.knownHosts, s.identity) })
		q.Drain()
	})
	return q, nil
}

// attempt opens a session and serves it until it is lost or ctx ends.
func (s *Tunnel) attempt(ctx context.Context, q *link.Queue) error {
	session, err := s.open(ctx)
	if err != nil {
		return err
	}
	s.Up("", s.upText(session))
	session.work.Go(func() { session.accept(q) })
	err = session.watch(ctx, s.timing)
	if ctx.Err() != nil {
		session.work.Go(session.withdraw)
		q.Drain()
	}
	session.close()
	return err
}

func (s *Tunnel) upText(session *session) string {
	at := session.forward.Addr().String()
	text := s.config.User + "@" + s.config.Address + " hands on what arrives at its " + at
	if !onLoopback(s.config.RemoteListen) {
		// sshd reports success here even when it listened on loopback instead.
		text += ", if its sshd_config has GatewayPorts clientspecified; without that it listens for its own programs only"
	}
	return text
}

// onLoopback reports whether a listener's address can be reached from its own computer only.
func onLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
