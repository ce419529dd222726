package tunnel

import (
	"context"
	"net"
	"strconv"
)

// Listen implements Tunnel.
func (s *SSH) Listen(ctx context.Context) (net.Listener, error) {
	host, _, err := net.SplitHostPort(s.config.Address)
	if err != nil || host == "" {
		return nil, badSetting("reach.ssh.address", s.config.Address, "write it as host or host:port")
	}
	_, port, err := net.SplitHostPort(s.config.RemoteListen)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
		return nil, badSetting("reach.ssh.remote_listen", s.config.RemoteListen, "write it as host:port, such as 127.0.0.1:3002")
	}
	ctx, q := newQueue(ctx, address(s.config.RemoteListen))
	s.Go(func() {
		s.keep(ctx, func(ctx context.Context) error { return s.attempt(ctx, q) }, func() string { return fileMarks(s.knownHosts, s.identity) })
		q.drain()
	})
	return q, nil
}

// attempt opens a session and serves it until it is lost or ctx ends.
func (s *SSH) attempt(ctx context.Context, q *queue) error {
	session, err := s.open(ctx)
	if err != nil {
		return err
	}
	s.up("", s.upText(session))
	session.work.Go(func() { session.accept(q) })
	err = session.watch(ctx, s.timing)
	if ctx.Err() != nil {
		session.work.Go(session.withdraw)
		q.drain()
	}
	session.close()
	return err
}

func (s *SSH) upText(session *session) string {
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
