package sshforward

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"perch/bridge/reach/tunnel/link"
)

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
	text, err := link.ReadSmall(path)
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

func knownHostsPath(path string) string {
	if path != "" {
		return link.ExpandHome(path)
	}
	return link.ExpandHome("~/.ssh/known_hosts")
}

// withPort adds SSH's usual port where none is given.
func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), "22")
}
