package tunneltest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// SSHD is a real OpenSSH server on a loopback port. User may log in at Address; Host are its keys by kind.
type SSHD struct {
	T             *testing.T
	Address, User string
	Host          map[string]ssh.Signer

	dir   string
	port  int
	extra []string

	mu  sync.Mutex
	cmd *exec.Cmd
	out bytes.Buffer
}

const sshdPath = "/usr/sbin/sshd"

// StartSSHD starts a server with host keys of the given kinds and extra lines of configuration.
func StartSSHD(t *testing.T, kinds []string, extra ...string) *SSHD {
	t.Helper()
	if _, err := os.Stat(sshdPath); err != nil {
		t.Skip("the SSH server is not installed: apt-get install openssh-server")
	}
	if os.Getuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Skipf("sshd needs /run/sshd: %v", err)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s := &SSHD{T: t, dir: t.TempDir(), port: FreePort(t), User: me.Username, Host: map[string]ssh.Signer{}, extra: extra}
	s.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
	for _, kind := range kinds {
		s.NewHostKey(kind)
	}
	s.Run()
	t.Cleanup(s.Stop)
	return s
}

// NewHostKey gives the server a new key of a kind, which it shows from its next Run on.
func (s *SSHD) NewHostKey(kind string) {
	s.T.Helper()
	s.Host[kind] = WriteKey(s.T, filepath.Join(s.dir, "host_"+kind), kind, "")
}

// Run starts the server and waits until it answers.
func (s *SSHD) Run() {
	s.T.Helper()
	lines := []string{
		"Port " + strconv.Itoa(s.port), "ListenAddress 127.0.0.1", "PidFile none", "UsePAM no", "StrictModes no", "LogLevel ERROR",
		"PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
		"AuthorizedKeysFile " + s.File("authorized_keys"), "PerSourcePenalties no",
	}
	lines = append(s.extra, lines...) // sshd takes the first of equal settings
	for kind := range s.Host {
		lines = append(lines, "HostKey "+s.File("host_"+kind))
	}
	write := func() { s.Write("sshd_config", strings.Join(lines, "\n")+"\n") }
	write()
	if exec.Command(sshdPath, "-t", "-f", s.File("sshd_config")).Run() != nil { // older ones know no PerSourcePenalties
		for i, line := range lines {
			if strings.HasPrefix(line, "PerSourcePenalties") {
				lines = append(lines[:i], lines[i+1:]...)
				break
			}
		}
		write()
	}
	cmd := exec.Command(sshdPath, "-D", "-e", "-f", s.File("sshd_config"))
	cmd.Stderr = &s.out
	if err := cmd.Start(); err != nil {
		s.T.Fatal(err)
	}
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	Eventually(s.T, "sshd answers", func() bool {
		conn, err := net.Dial("tcp", s.Address)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

// Stop kills the server with its sessions.
func (s *SSHD) Stop() {
	s.mu.Lock()
	cmd := s.cmd
	s.cmd = nil
	s.mu.Unlock()
	if cmd == nil {
		return
	}
	for _, pid := range append(descendants(cmd.Process.Pid), cmd.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = cmd.Wait()
	if s.T.Failed() {
		s.T.Logf("sshd said: %s", s.out.String())
	}
}

// Signal reaches the sessions, and with all the server itself too.
func (s *SSHD) Signal(signal syscall.Signal, all bool) int {
	pids := descendants(s.cmd.Process.Pid)
	if all {
		pids = append(pids, s.cmd.Process.Pid)
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, signal)
	}
	return len(pids)
}

// File returns the path of a file in the server's folder.
func (s *SSHD) File(name string) string { return filepath.Join(s.dir, name) }

// Write writes a file into the server's folder.
func (s *SSHD) Write(name, text string) {
	s.T.Helper()
	if err := os.WriteFile(s.File(name), []byte(text), 0o600); err != nil {
		s.T.Fatal(err)
	}
}

// Knows writes a known_hosts file with the host's keys of the given kinds.
func (s *SSHD) Knows(kinds ...string) {
	s.T.Helper()
	var text string
	for _, kind := range kinds {
		text += knownhosts.Line([]string{s.Address}, s.Host[kind].PublicKey()) + "\n"
	}
	s.Write("known_hosts", text)
}

// UserKey makes a key that may log in, with options before it in authorized_keys.
func (s *SSHD) UserKey(passphrase string, options ...string) string {
	s.T.Helper()
	signer := WriteKey(s.T, s.File("id"), "ed25519", passphrase)
	line := strings.TrimSpace(strings.Join(options, ",") + " " + string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	s.Write("authorized_keys", line+"\n")
	return s.File("id")
}

// WriteKey makes a private key in a file.
func WriteKey(t *testing.T, path, kind, passphrase string) ssh.Signer {
	t.Helper()
	var key any
	var err error
	if kind == "rsa" {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// descendants lists the children of a process and their children.
func descendants(root int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var pid, parent int
		var state string
		after := string(text[bytes.LastIndexByte(text, ')')+1:])
		if _, err := fmt.Sscanf(string(text), "%d", &pid); err != nil {
			continue
		}
		if _, err := fmt.Sscanf(after, "%s %d", &state, &parent); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	var all []int
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		all = append(all, children[queue[0]]...)
		queue = append(queue, children[queue[0]]...)
	}
	return all
}
