// Package sshforward makes a tunnel by a remote forward of an SSH server.
//
// It guarantees that no server is trusted whose key a person has not accepted, that a link which is gone without a word
// is found by a deadline, that requests under way may finish when the tunnel closes, and that each connection keeps the
// deadlines of its reader. It reads known_hosts and keys as OpenSSH does.
package sshforward

import (
	"log/slog"
	"os/user"
	"time"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// Config is what an SSH tunnel is made of.
type Config struct {
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

// Tunnel is a tunnel.Tunnel by a remote forward of an SSH server: what arrives at RemoteListen there is accepted here. The host's
// key must be in known_hosts (see AcceptHostKey). A link that is gone without a word is found within 25 s.
type Tunnel struct {
	*link.Keeper
	config     Config
	knownHosts string
	identity   string
	timing     timing
}

var _ tunnel.Tunnel = (*Tunnel)(nil)

// timing is set apart for tests.
type timing struct {
	// open bounds an attempt from dialling to the forward.
	open time.Duration
	// every is the time between two requests for a sign of life; within is how long the server may take to answer one.
	every, within time.Duration
}

// New returns an SSH tunnel. It starts nothing and opens no file.
func New(config Config) *Tunnel {
	config.Address = withPort(config.Address)
	s := &Tunnel{
		Keeper: link.New("ssh", config.PublicURL, config.Log), config: config, knownHosts: knownHostsPath(config.KnownHosts),
		timing: timing{open: 20 * time.Second, every: 15 * time.Second, within: 10 * time.Second},
	}
	if config.IdentityFile != "" {
		s.identity = link.ExpandHome(config.IdentityFile)
	}
	if s.config.User == "" {
		if me, err := user.Current(); err == nil {
			s.config.User = me.Username
		}
	}
	return s
}
