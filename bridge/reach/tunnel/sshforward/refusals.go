package sshforward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// loginError puts a handshake that failed into words.
func (s *Tunnel) loginError(ctx context.Context, err error, known *hostKeys, login *login) *bridge.Error {
	address := s.config.Address
	var none *ssh.AlgorithmNegotiationError
	if want := known.known(address); len(want) > 0 && errors.As(err, &none) && strings.Contains(err.Error(), "host key") {
		return changedHostKey(address, s.knownHosts, want, "a key of another kind")
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "Too many authentication failures"):
		return link.Operator(tunnel.CodeLoginRefused, fmt.Sprintf("%s gave up after too many keys of the SSH agent", address),
			"name the right key as identity_file under [reach.ssh]", err)
	case strings.Contains(text, "unable to authenticate"):
		return link.Operator(tunnel.CodeLoginRefused, fmt.Sprintf("%s refuses the key of %s", address, s.config.User), s.keyRemedy(login), err)
	}
	return handshakeError(ctx, address, err)
}

func (s *Tunnel) keyRemedy(login *login) string {
	return fmt.Sprintf("check user under [reach.ssh]; add this line to ~/.ssh/authorized_keys of %s on the server: %s",
		s.config.User, authorizedLine(s.config.RemoteListen, login.public[0]))
}

// forwardError finds out why the server refuses to listen, which it never says: when its port answers, it is taken.
func (s *Tunnel) forwardError(ctx context.Context, client *ssh.Client, err error) *bridge.Error {
	if !strings.Contains(err.Error(), "denied") {
		return handshakeError(ctx, s.config.Address, err)
	}
	listen := s.config.RemoteListen
	conn, dialErr := client.Dial("tcp", probeAddress(listen))
	var refusal *ssh.OpenChannelError
	switch {
	case dialErr == nil:
		_ = conn.Close()
		return link.Temporary(tunnel.CodePortTaken, fmt.Sprintf("%s is taken on the SSH server", listen),
			"if an earlier connection of Perch holds it, the server frees it by itself (ClientAliveInterval 15 in its sshd_config "+
				"makes that quick); if another program does, stop it there or choose another remote_listen", err)
	case errors.As(dialErr, &refusal) && refusal.Reason == ssh.ConnectionFailed:
		return link.Operator(tunnel.CodeForwardDenied, fmt.Sprintf("the SSH server does not let %s listen on %s", s.config.User, listen),
			fmt.Sprintf("allow it there: AllowTcpForwarding yes in sshd_config, permitlisten=%q where authorized_keys restricts the key, "+
				"and root for a port below 1024", listen), err)
	}
	return link.Temporary(tunnel.CodeForwardDenied, fmt.Sprintf("the SSH server refuses to listen on %s for %s", listen, s.config.User),
		fmt.Sprintf("either another program or an earlier connection holds the port there, or it is not allowed: AllowTcpForwarding yes "+
			"in sshd_config, permitlisten=%q where authorized_keys restricts the key", listen), err)
}

// probeAddress is where a listener of the server can be dialled from the server itself.
func probeAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || host == "*" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
