package tunnel

import (
	"context"
	"log/slog"
	"net"
	"os/user"
	"strconv"
	"time"

	"perch/bridge"
)

// SSHConfig is what an SSH tunnel is made of.
type SSHConfig struct {
	// Address is the server's host or host:port.
	Address string
	// User is who logs in; empty means the one who runs Perch.
	User string
	// RemoteListen is the host:port on which the server listens for Perch. Port 0 takes any.
	RemoteListen string
	// IdentityFile is the private key; empty means the keys of the SSH agent. Passphrase opens it where it needs one.
	IdentityFile, Passphrase string
	// KnownHosts is the file of accepted host keys; empty means the user's own. Both paths may begin with "~/".
	KnownHosts string
	// PublicURL is reported in State; the tunnel itself does not know it.
	PublicURL string
	Log       *slog.Logger
}

// SSH is a Tunnel by a remote forward of an SSH server: what arrives at RemoteListen there is accepted here. The host's
// key must be in known_hosts (see AcceptHostKey). A link that is gone without a word is found within 25 s.
type SSH struct {
	*core
	config     SSHConfig
	knownHosts string
	identity   string
	timing     timing
}

var _ Tunnel = (*SSH)(nil)

// timing is set apart for tests.
type timing struct {
	// open bounds an attempt from dialling to the forward.
	open time.Duration
	// every is the time between two requests for a sign of life; within is how long the server may take to answer one.
	every, within time.Duration
}

// NewSSH returns an SSH tunnel. It starts nothing and opens no file.
func NewSSH(config SSHConfig) *SSH {
	config.Address = withPort(config.Address)
	s := &SSH{
		core: newCore("ssh", config.PublicURL, config.Log), config: config, knownHosts: knownHostsPath(config.KnownHosts),
		timing: timing{open: 20 * time.Second, every: 15 * time.Second, within: 10 * time.Second},
	}
	if config.IdentityFile != "" {
		s.identity = expandHome(config.IdentityFile)
	}
	if s.config.User == "" {
		if me, err := user.Current(); err == nil {
			s.config.User = me.Username
		}
	}
	return s
}

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
	s.work.Go(func() {
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

func badSetting(name, value, remedy string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "open the tunnel",
		Message: name + " is " + strconv.Quote(value) + ", which is no address", Remedy: remedy,
	}
}
