package sshforward

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/tunneltest"
)

func TestSSHAsksAboutAnUnknownHost(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519", "rsa"})
	server.UserKey("")
	config := configFor(server)
	config.KnownHosts = server.File("new/known_hosts")
	o := open(t, quick(config), config.RemoteListen)
	s := o.becomes(t, tunnel.Failed, tunnel.CodeHostKeyUnknown)
	if !strings.Contains(s.Detail, "SHA256:") || !strings.Contains(s.Remedy, "accept") {
		t.Errorf("state %+v", s)
	}
	fingerprint, accept, err := AcceptHostKey(t.Context(), server.Address, config.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	if fingerprint != ssh.FingerprintSHA256(server.Host["ed25519"].PublicKey()) || !strings.Contains(s.Detail, fingerprint) {
		t.Errorf("fingerprint %s, state %s", fingerprint, s.Detail)
	}
	if o.State().State != tunnel.Failed {
		t.Error("the key was accepted without a person")
	}
	if err := accept(); err != nil {
		t.Fatal(err)
	}
	o.becomes(t, tunnel.Connected, "") // without Retry: the file's change is seen
	o.carries(t)
	if again, accept, err := AcceptHostKey(t.Context(), server.Address, config.KnownHosts); err != nil || again != fingerprint || accept() != nil {
		t.Errorf("a known host: %s %v", again, err)
	}
	if text, _ := os.ReadFile(config.KnownHosts); strings.Count(string(text), "\n") != 1 {
		t.Errorf("known_hosts is %q", text)
	}
}

func TestSSHRefusesAChangedHostKey(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]string{"same kind": "ed25519", "other kind": "rsa"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := tunneltest.StartSSHD(t, []string{"ed25519"})
			server.Knows("ed25519")
			old := ssh.FingerprintSHA256(server.Host["ed25519"].PublicKey())
			server.Stop()
			delete(server.Host, "ed25519")
			server.NewHostKey(kind)
			server.Run()
			server.UserKey("")
			config := configFor(server)
			o := open(t, quick(config), config.RemoteListen)
			s := o.becomes(t, tunnel.Failed, tunnel.CodeHostKeyChanged)
			if !strings.Contains(s.Detail, old) || !strings.Contains(s.Remedy, `ssh-keygen -R "[127.0.0.1]:`) {
				t.Errorf("state %+v", s)
			}
			_, accept, err := AcceptHostKey(t.Context(), server.Address, config.KnownHosts)
			if err == nil || accept != nil {
				t.Error("a changed key was offered for acceptance")
			}
		})
	}
}

func TestSSHKnowsTheHostByItsRSAKeyOnly(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519", "rsa"})
	server.Knows("rsa")
	server.UserKey("")
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, tunnel.Connected, "")
}

func TestSSHPassesOverLinesItCannotRead(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	text, err := os.ReadFile(server.File("known_hosts"))
	if err != nil {
		t.Fatal(err)
	}
	server.Write("known_hosts", "# a comment\n\nhost ssh-future AAAA\nnonsense\n"+string(text))
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, tunnel.Connected, "")
}

func TestSSHTakesAKeyWithPassphrase(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("correct horse")
	for passphrase, word := range map[string]string{"": "protected", "wrong": "wrong"} {
		config := configFor(server)
		config.Passphrase = passphrase
		s := open(t, quick(config), config.RemoteListen).becomes(t, tunnel.Failed, tunnel.CodePassphrase)
		if !strings.Contains(s.Detail, word) || !strings.Contains(s.Remedy, "perch secret set reach.ssh_passphrase") {
			t.Errorf("state %+v", s)
		}
	}
	config := configFor(server)
	config.Passphrase = "correct horse"
	open(t, quick(config), config.RemoteListen).becomes(t, tunnel.Connected, "")
}

func TestSSHSaysWhatTheServerNeedsWhenItRefusesTheKey(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	line, err := os.ReadFile(server.File("authorized_keys"))
	if err != nil {
		t.Fatal(err)
	}
	server.Write("authorized_keys", "")
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	s := o.becomes(t, tunnel.Failed, tunnel.CodeLoginRefused)
	_, add, found := strings.Cut(s.Remedy, "on the server: ")
	if !found || !strings.Contains(add, strings.TrimSpace(string(line))) {
		t.Fatalf("remedy %q", s.Remedy)
	}
	server.Write("authorized_keys", add+"\n") // the line of the remedy is all that it takes
	o.Retry()
	o.becomes(t, tunnel.Connected, "")
	o.carries(t)
}

func TestSSHUsesTheAgent(t *testing.T) {
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	text, err := os.ReadFile(server.UserKey(""))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	config := configFor(server)
	config.IdentityFile = ""

	t.Setenv("SSH_AUTH_SOCK", "")
	s := open(t, quick(config), config.RemoteListen).becomes(t, tunnel.Failed, "ssh/agent")
	if !strings.Contains(s.Remedy, "identity_file") {
		t.Errorf("state %+v", s)
	}

	keyring := agent.NewKeyring()
	t.Setenv("SSH_AUTH_SOCK", serveAgent(t, keyring))
	config.RemoteListen = net.JoinHostPort("127.0.0.1", strconv.Itoa(tunneltest.FreePort(t)))
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, tunnel.Failed, "ssh/agent") // it holds no key
	if err := keyring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	o.Retry()
	o.becomes(t, tunnel.Connected, "")
	o.carries(t)
}

func serveAgent(t *testing.T, keyring agent.Agent) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = agent.ServeAgent(keyring, conn)
			}()
		}
	}()
	return path
}
