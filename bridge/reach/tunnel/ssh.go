package tunnel

import (
	"log/slog"
	"os/user"
	"time"
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
