package sshforward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// handshakeError puts a connection that ended before the login into words.
func handshakeError(ctx context.Context, address string, err error) *bridge.Error {
	var known *bridge.Error
	var none *ssh.AlgorithmNegotiationError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &none):
		return link.Operator("ssh/algorithms", fmt.Sprintf("%s and Perch have no method of encryption in common", address),
			"update the SSH server: it offers only methods that are no longer safe", err)
	case ctx.Err() != nil:
		return link.Temporary("ssh/timeout", fmt.Sprintf("%s accepted the connection but did not finish the SSH login in time", address),
			"check that it is an SSH server and not overloaded", err)
	case err != nil && strings.Contains(err.Error(), "version string"):
		return link.Temporary("ssh/not_ssh", address+" answers, but not as an SSH server", "check the port of address under [reach.ssh]", err)
	}
	return link.Temporary("ssh/handshake", address+" closed the connection before the login",
		"check that it is an SSH server; one that has banned this address or is overloaded does the same", err)
}

func unknownHostKey(address, path string, key ssh.PublicKey) *bridge.Error {
	return link.Operator(tunnel.CodeHostKeyUnknown,
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
	return link.Operator(tunnel.CodeHostKeyChanged,
		fmt.Sprintf("the key of the SSH server %s has changed: it shows %s, but %s; somebody may be listening in", address, offered, known),
		fmt.Sprintf("ask the server's admin whether its key was renewed; only if so, forget the old one with: ssh-keygen -R %q -f %q; "+
			"and accept the new one", entry, path), nil)
}

func revokedHostKey(address, path string) *bridge.Error {
	return link.Operator(tunnel.CodeHostKeyChanged, fmt.Sprintf("the key of the SSH server %s is marked as revoked in %s", address, path),
		"do not connect before the server's admin has explained it", nil)
}

func knownHostsError(path string, err error) *bridge.Error {
	remedy := "repair the file, or name another one as known_hosts under [reach.ssh]"
	if errors.Is(err, os.ErrPermission) {
		remedy = "let Perch's user read the file, or name another one as known_hosts under [reach.ssh]"
	}
	return link.Operator("ssh/known_hosts", fmt.Sprintf("the file of known SSH servers %s cannot be read", path), remedy, err)
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
