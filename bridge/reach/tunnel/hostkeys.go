package tunnel

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"perch/bridge"
)

// acceptWithin bounds AcceptHostKey.
const acceptWithin = 20 * time.Second

// hostKeys is a known_hosts file as it was when it was read.
type hostKeys struct {
	path  string
	check ssh.HostKeyCallback
	// authorities are the numbers of the lines that name a certificate authority.
	authorities map[int]bool
}

// readHostKeys reads a known_hosts file; one that is missing knows no host. Lines that cannot be read are passed over,
// as OpenSSH does, so that one line of a new kind does not lock Perch out.
func readHostKeys(path string) (*hostKeys, error) {
	text, err := readSmall(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, knownHostsError(path, err)
	}
	h := &hostKeys{path: path, authorities: map[int]bool{}}
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		marker, _, _, _, _, err := ssh.ParseKnownHosts(line)
		if err != nil {
			lines[i] = nil
		}
		h.authorities[i+1] = marker == "cert-authority"
	}
	if h.check, err = parseHostKeys(bytes.Join(lines, []byte("\n"))); err != nil {
		return nil, knownHostsError(path, err)
	}
	return h, nil
}

// parseHostKeys goes through a file, because that is all that the library reads.
func parseHostKeys(text []byte) (ssh.HostKeyCallback, error) {
	file, err := os.CreateTemp("", "known_hosts")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return knownhosts.New(file.Name())
}

// known returns the keys on record for an address.
func (h *hostKeys) known(address string) []knownhosts.KnownKey {
	nobody, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return nil
	}
	var mismatch *knownhosts.KeyError
	if errors.As(h.check(address, &net.TCPAddr{}, nobody), &mismatch) {
		return mismatch.Want
	}
	return nil
}

// preferred are the kinds of key to ask a new host for, the best first, so that everybody gets to see the same one.
var preferred = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
}

// algorithms returns what to ask the server for: only the kinds of key that are on record. Left to itself the server
// would show the kind it likes best, and a known host with another kind on record would look changed.
func (h *hostKeys) algorithms(address string) []string {
	supported := ssh.SupportedAlgorithms().HostKeys
	var wanted []string
	for _, key := range h.known(address) {
		kinds := []string{key.Key.Type()}
		switch {
		case h.authorities[key.Line]:
			kinds = slices.DeleteFunc(slices.Clone(supported), func(kind string) bool { return !strings.Contains(kind, "-cert-") })
		case key.Key.Type() == ssh.KeyAlgoRSA:
			kinds = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
		}
		for _, kind := range kinds {
			if !slices.Contains(wanted, kind) {
				wanted = append(wanted, kind)
			}
		}
	}
	if len(wanted) == 0 {
		return preferred
	}
	return wanted
}

// verify returns the check of a server's key. Its errors have words.
func (h *hostKeys) verify(address string) ssh.HostKeyCallback {
	return func(_ string, remote net.Addr, key ssh.PublicKey) error {
		err := h.check(address, remote, key)
		var mismatch *knownhosts.KeyError
		var revoked *knownhosts.RevokedError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &mismatch) && len(mismatch.Want) == 0:
			return unknownHostKey(address, h.path, key)
		case errors.As(err, &mismatch):
			return changedHostKey(address, h.path, mismatch.Want, ssh.FingerprintSHA256(key))
		case errors.As(err, &revoked):
			return revokedHostKey(address, h.path)
		}
		return changedHostKey(address, h.path, nil, ssh.FingerprintSHA256(key))
	}
}

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
	case e.Code != CodeHostKeyUnknown:
		return fingerprint, nil, err
	}
	return fingerprint, func() error { return appendHostKey(path, knownhosts.Line([]string{address}, key)) }, nil
}

func askHostKey(ctx context.Context, address string, algorithms []string) (ssh.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, acceptWithin)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, dialError(address, err)
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

func knownHostsPath(path string) string {
	if path != "" {
		return expandHome(path)
	}
	return expandHome("~/.ssh/known_hosts")
}

// expandHome turns "~/x" into a path in the user's home, because no shell does it for a configuration file.
func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

// readSmall reads a file of at most maxFile bytes.
func readSmall(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the path is the admin's own setting
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New("the file is larger than 4 MB")
	}
	return text, err
}

// withPort adds SSH's usual port where none is given.
func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), "22")
}
