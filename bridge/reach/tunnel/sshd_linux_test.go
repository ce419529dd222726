package tunnel

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

// sshd is a real OpenSSH server on a loopback port.
type sshd struct {
	t       *testing.T
	dir     string
	address string
	port    int
	user    string
	host    map[string]ssh.Signer // by kind
	extra   []string

	mu  sync.Mutex
	cmd *exec.Cmd
	out bytes.Buffer
}

const sshdPath = "/usr/sbin/sshd"

// startSSHD starts a server with host keys of the given kinds and extra lines of configuration.
func startSSHD(t *testing.T, kinds []string, extra ...string) *sshd {
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
	s := &sshd{t: t, dir: t.TempDir(), port: freePort(t), user: me.Username, host: map[string]ssh.Signer{}, extra: extra}
	s.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
	for _, kind := range kinds {
		s.newHostKey(kind)
	}
	s.run()
	t.Cleanup(s.stop)
	return s
}

func (s *sshd) newHostKey(kind string) {
	s.t.Helper()
	s.host[kind] = writeKey(s.t, filepath.Join(s.dir, "host_"+kind), kind, "")
}

func (s *sshd) run() {
	s.t.Helper()
	lines := []string{
		"Port " + strconv.Itoa(s.port), "ListenAddress 127.0.0.1", "PidFile none", "UsePAM no", "StrictModes no", "LogLevel ERROR",
		"PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
		"AuthorizedKeysFile " + s.file("authorized_keys"), "PerSourcePenalties no",
	}
	lines = append(s.extra, lines...) // sshd takes the first of equal settings
	for kind := range s.host {
		lines = append(lines, "HostKey "+s.file("host_"+kind))
	}
	write := func() { s.write("sshd_config", strings.Join(lines, "\n")+"\n") }
	write()
	if exec.Command(sshdPath, "-t", "-f", s.file("sshd_config")).Run() != nil { // older ones know no PerSourcePenalties
		for i, line := range lines {
			if strings.HasPrefix(line, "PerSourcePenalties") {
				lines = append(lines[:i], lines[i+1:]...)
				break
			}
		}
		write()
	}
	cmd := exec.Command(sshdPath, "-D", "-e", "-f", s.file("sshd_config"))
	cmd.Stderr = &s.out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	eventually(s.t, "sshd answers", func() bool {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

// stop kills the server with its sessions.
func (s *sshd) stop() {
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
	if s.t.Failed() {
		s.t.Logf("sshd said: %s", s.out.String())
	}
}

// signal reaches the sessions, and with all the server itself too.
func (s *sshd) signal(signal syscall.Signal, all bool) int {
	pids := descendants(s.cmd.Process.Pid)
	if all {
		pids = append(pids, s.cmd.Process.Pid)
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, signal)
	}
	return len(pids)
}

func (s *sshd) file(name string) string { return filepath.Join(s.dir, name) }

func (s *sshd) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.file(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// knows writes a known_hosts file with the host's keys of the given kinds.
func (s *sshd) knows(kinds ...string) {
	s.t.Helper()
	var text string
	for _, kind := range kinds {
		text += knownhosts.Line([]string{s.address}, s.host[kind].PublicKey()) + "\n"
	}
	s.write("known_hosts", text)
}

// userKey makes a key that may log in, with options before it in authorized_keys.
func (s *sshd) userKey(passphrase string, options ...string) string {
	s.t.Helper()
	signer := writeKey(s.t, s.file("id"), "ed25519", passphrase)
	line := strings.TrimSpace(strings.Join(options, ",") + " " + string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	s.write("authorized_keys", line+"\n")
	return s.file("id")
}

func writeKey(t *testing.T, path, kind, passphrase string) ssh.Signer {
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
