package sshforward

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// windowsAgent is where the SSH agent of Windows listens.
const windowsAgent = `\\.\pipe\openssh-ssh-agent`

// login is how Perch proves who it is, for one handshake.
type login struct {
	method ssh.AuthMethod
	// public are the keys that are offered.
	public []ssh.PublicKey
	// close gives the agent up; a signature that a person has to confirm ends then.
	close func()
}

func (s *Tunnel) login(ctx context.Context) (*login, error) {
	if s.identity == "" {
		return agentLogin(ctx)
	}
	signer, err := s.readIdentity()
	if err != nil {
		return nil, err
	}
	return &login{method: ssh.PublicKeys(signer), public: []ssh.PublicKey{signer.PublicKey()}, close: func() {}}, nil
}

func (s *Tunnel) readIdentity() (ssh.Signer, error) {
	text, err := link.ReadSmall(s.identity)
	if err != nil {
		return nil, link.Operator("ssh/key_file", fmt.Sprintf("the SSH key %s cannot be read", s.identity),
			"check the path in identity_file under [reach.ssh], and that Perch's user may read the file", err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) && s.config.Passphrase != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(s.config.Passphrase))
	}
	switch {
	case err == nil:
		return signer, nil
	case errors.As(err, &locked):
		return nil, link.Operator(tunnel.CodePassphrase, fmt.Sprintf("the SSH key %s is protected by a passphrase that Perch does not have", s.identity),
			"store it with: perch secret set reach.ssh_passphrase", nil)
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, link.Operator(tunnel.CodePassphrase, fmt.Sprintf("the passphrase of the SSH key %s is wrong", s.identity),
			"store the right one with: perch secret set reach.ssh_passphrase", nil)
	case strings.HasPrefix(string(text), "PuTTY-User-Key-File"):
		return nil, link.Operator("ssh/key_file", fmt.Sprintf("the SSH key %s is in PuTTY's own format", s.identity),
			"open it in PuTTYgen, choose Conversions, Export OpenSSH key, and name the new file as identity_file", nil)
	}
	return nil, link.Operator("ssh/key_file", fmt.Sprintf("the file %s holds no private SSH key that Perch can read", s.identity),
		"name the private key as identity_file under [reach.ssh], not the .pub file; make a new one with: ssh-keygen -t ed25519", err)
}

func agentLogin(ctx context.Context) (*login, error) {
	pipe, err := dialAgent(ctx)
	if err != nil {
		return nil, link.Operator("ssh/agent", "no SSH key is named and no SSH agent answers",
			"name a key file as identity_file under [reach.ssh]; a service has no agent", err)
	}
	client := agent.NewClient(pipe)
	giveUp := sync.OnceFunc(func() { _ = pipe.Close() })
	stop := context.AfterFunc(ctx, giveUp)
	defer stop()
	keys, err := client.List()
	if err != nil || len(keys) == 0 {
		giveUp()
		return nil, link.Operator("ssh/agent", "the SSH agent holds no key",
			"add one with ssh-add, or name a key file as identity_file under [reach.ssh]", err)
	}
	l := &login{method: ssh.PublicKeysCallback(client.Signers), close: giveUp}
	for _, key := range keys {
		l.public = append(l.public, key)
	}
	return l, nil
}

func dialAgent(ctx context.Context) (io.ReadWriteCloser, error) {
	path := os.Getenv("SSH_AUTH_SOCK")
	if path == "" && runtime.GOOS == "windows" {
		return os.OpenFile(windowsAgent, os.O_RDWR, 0)
	}
	if path == "" {
		return nil, errors.New("SSH_AUTH_SOCK is not set")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// authorizedLine is what the server's admin puts into authorized_keys: the key may hold this one port and nothing else.
func authorizedLine(listen string, key ssh.PublicKey) string {
	return fmt.Sprintf("restrict,port-forwarding,permitlisten=%q %s perch", listen, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))))
}
