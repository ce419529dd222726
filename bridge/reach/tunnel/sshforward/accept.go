package sshforward

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// acceptWithin bounds AcceptHostKey.
const acceptWithin = 20 * time.Second

var errSeen = errors.New("the key has been seen")

// AcceptHostKey asks the SSH server at address (host or host:port) for its key and returns the key's SHA256 fingerprint,
// for a person to compare. accept then writes that very key into the known_hosts file (empty: the user's own), and a
// tunnel that waits for it goes on by itself. For a host that is known already accept does nothing; a host whose key has
// changed is an error, because no click may hide that. It takes at most 20 s.
func AcceptHostKey(ctx context.Context, address, knownHosts string) (fingerprint string, accept func() error, err error) {
	address, path := withPort(address), knownHostsPath(knownHosts)
	known, err := readHostKeys(path)
	if err != nil {
		return "", nil, err
	}
	key, err := askHostKey(ctx, address, known.algorithms(address))
	if err != nil {
		return "", nil, err
	}
	fingerprint = ssh.FingerprintSHA256(key)
	err = known.verify(address)(address, &net.TCPAddr{}, key)
	switch e := bridge.AsError(err); {
	case err == nil:
		return fingerprint, func() error { return nil }, nil
	case e.Code != tunnel.CodeHostKeyUnknown:
		return fingerprint, nil, err
	}
	return fingerprint, func() error { return appendHostKey(path, knownhosts.Line([]string{address}, key)) }, nil
}

func askHostKey(ctx context.Context, address string, algorithms []string) (ssh.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, acceptWithin)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, link.DialError(address, err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var seen ssh.PublicKey
	_, _, _, err = ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User: "perch", HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			seen = key
			return errSeen
		},
	})
	if seen == nil {
		return nil, handshakeError(ctx, address, err)
	}
	return seen, nil
}

func appendHostKey(path, line string) error {
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = appendLine(path, line)
	}
	if err != nil {
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "accept the server's key",
			Message: fmt.Sprintf("the file %s cannot be written", path), Err: err,
			Remedy: "check the rights of the file and its folder, or name another file as known_hosts under [reach.ssh]",
		}
	}
	return nil
}

// appendLine adds a line to a file, whose last line may lack its end.
func appendLine(path, line string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600) //nolint:gosec // the path is the admin's own setting
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	last := make([]byte, 1)
	if size > 0 {
		if _, err = file.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			line = "\n" + line
		}
	}
	if _, err = file.WriteString(line + "\n"); err != nil {
		return err
	}
	return file.Sync()
}
