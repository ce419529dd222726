package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"perch/bridge"
)

// operator is trouble that a person has to end.
func operator(code, message, remedy string, err error) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open the tunnel", Code: code, Message: message, Remedy: remedy, Err: err,
	}
}

// temporary is trouble that may pass by itself.
func temporary(code, message, remedy string, err error) *bridge.Error {
	e := operator(code, message, remedy, err)
	e.Kind = bridge.Temporary
	return e
}

// dialError puts a connection that did not come about into words.
func dialError(address string, err error) *bridge.Error {
	host, port, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		host, port = address, "its port"
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return temporary("net/name", fmt.Sprintf("the name %s is not known", host), "check its spelling and this computer's DNS", err)
	case errors.As(err, &dns):
		return temporary("net/name", fmt.Sprintf("the name %s could not be looked up", host), "check this computer's network and DNS", err)
	case errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "actively refused"):
		return temporary("net/refused", fmt.Sprintf("%s runs, but nothing answers at port %s", host, port),
			"check the port, and that the server's program runs", err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return temporary("net/timeout", address+" did not answer in time",
			"check the address, and that firewalls let this computer through to it", err)
	}
	return temporary("net/unreachable", address+" cannot be reached", "check the address and this computer's network", err)
}

// handshakeError puts a connection that ended before the login into words.
func handshakeError(ctx context.Context, address string, err error) *bridge.Error {
	var known *bridge.Error
	var none *ssh.AlgorithmNegotiationError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &none):
		return operator("ssh/algorithms", fmt.Sprintf("%s and Perch have no method of encryption in common", address),
			"update the SSH server: it offers only methods that are no longer safe", err)
	case ctx.Err() != nil:
		return temporary("ssh/timeout", fmt.Sprintf("%s accepted the connection but did not finish the SSH login in time", address),
			"check that it is an SSH server and not overloaded", err)
	case err != nil && strings.Contains(err.Error(), "version string"):
		return temporary("ssh/not_ssh", address+" answers, but not as an SSH server", "check the port of address under [reach.ssh]", err)
	}
	return temporary("ssh/handshake", address+" closed the connection before the login",
		"check that it is an SSH server; one that has banned this address or is overloaded does the same", err)
}

// loginError puts a handshake that failed into words.
func (s *SSH) loginError(ctx context.Context, err error, known *hostKeys, login *login) *bridge.Error {
	address := s.config.Address
	var none *ssh.AlgorithmNegotiationError
	if want := known.known(address); len(want) > 0 && errors.As(err, &none) && strings.Contains(err.Error(), "host key") {
		return changedHostKey(address, s.knownHosts, want, "a key of another kind")
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "Too many authentication failures"):
		return operator(CodeLoginRefused, fmt.Sprintf("%s gave up after too many keys of the SSH agent", address),
			"name the right key as identity_file under [reach.ssh]", err)
	case strings.Contains(text, "unable to authenticate"):
		return operator(CodeLoginRefused, fmt.Sprintf("%s refuses the key of %s", address, s.config.User), s.keyRemedy(login), err)
	}
	return handshakeError(ctx, address, err)
}

func (s *SSH) keyRemedy(login *login) string {
	return fmt.Sprintf("check user under [reach.ssh]; add this line to ~/.ssh/authorized_keys of %s on the server: %s",
		s.config.User, authorizedLine(s.config.RemoteListen, login.public[0]))
}

// forwardError finds out why the server refuses to listen, which it never says: when its port answers, it is taken.
func (s *SSH) forwardError(ctx context.Context, client *ssh.Client, err error) *bridge.Error {
	if !strings.Contains(err.Error(), "denied") {
		return handshakeError(ctx, s.config.Address, err)
	}
	listen := s.config.RemoteListen
	conn, dialErr := client.Dial("tcp", probeAddress(listen))
	var refusal *ssh.OpenChannelError
	switch {
	case dialErr == nil:
		_ = conn.Close()
		return temporary(CodePortTaken, fmt.Sprintf("%s is taken on the SSH server", listen),
			"if an earlier connection of Perch holds it, the server frees it by itself (ClientAliveInterval 15 in its sshd_config "+
				"makes that quick); if another program does, stop it there or choose another remote_listen", err)
	case errors.As(dialErr, &refusal) && refusal.Reason == ssh.ConnectionFailed:
		return operator(CodeForwardDenied, fmt.Sprintf("the SSH server does not let %s listen on %s", s.config.User, listen),
			fmt.Sprintf("allow it there: AllowTcpForwarding yes in sshd_config, permitlisten=%q where authorized_keys restricts the key, "+
				"and root for a port below 1024", listen), err)
	}
	return temporary(CodeForwardDenied, fmt.Sprintf("the SSH server refuses to listen on %s for %s", listen, s.config.User),
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

func unknownHostKey(address, path string, key ssh.PublicKey) *bridge.Error {
	return operator(CodeHostKeyUnknown,
		fmt.Sprintf("the SSH server %s is new to Perch; its key (%s) has the fingerprint %s", address, kindOf(key), ssh.FingerprintSHA256(key)),
		fmt.Sprintf("compare the fingerprint with what the server itself says (ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub); if they are "+
			"the same, accept the key in Perch, or answer yes to: %s", kindOf(key), sshCommand(address, path)), nil)
}

func changedHostKey(address, path string, want []knownhosts.KnownKey, offered string) *bridge.Error {
	known := "known_hosts does not allow it"
	if len(want) > 0 {
		known = fmt.Sprintf("%s is on record (line %d of %s)", ssh.FingerprintSHA256(want[0].Key), want[0].Line, path)
	}
	entry := knownhosts.Normalize(address) //nolint:misspell // the library's spelling
	return operator(CodeHostKeyChanged,
		fmt.Sprintf("the key of the SSH server %s has changed: it shows %s, but %s; somebody may be listening in", address, offered, known),
		fmt.Sprintf("ask the server's admin whether its key was renewed; only if so, forget the old one with: ssh-keygen -R %q -f %q; "+
			"and accept the new one", entry, path), nil)
}

func revokedHostKey(address, path string) *bridge.Error {
	return operator(CodeHostKeyChanged, fmt.Sprintf("the key of the SSH server %s is marked as revoked in %s", address, path),
		"do not connect before the server's admin has explained it", nil)
}

func knownHostsError(path string, err error) *bridge.Error {
	remedy := "repair the file, or name another one as known_hosts under [reach.ssh]"
	if errors.Is(err, os.ErrPermission) {
		remedy = "let Perch's user read the file, or name another one as known_hosts under [reach.ssh]"
	}
	return operator("ssh/known_hosts", fmt.Sprintf("the file of known SSH servers %s cannot be read", path), remedy, err)
}

// kindOf is the kind of a key as it stands in the names of the server's files.
func kindOf(key ssh.PublicKey) string {
	switch kind := key.Type(); {
	case strings.Contains(kind, "ed25519"):
		return "ed25519"
	case strings.Contains(kind, "ecdsa"):
		return "ecdsa"
	}
	return "rsa"
}

// sshCommand is what asks a person for the same decision in a terminal.
func sshCommand(address, path string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, "22"
	}
	return fmt.Sprintf("ssh -o UserKnownHostsFile=%q -p %s %s", path, port, host)
}
