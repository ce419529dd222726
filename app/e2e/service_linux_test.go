package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// watchdog is the time that the relays of these tests get; they feed it three times as often.
const watchdog = 3 * time.Second

// manager is a service manager that hears what a relay tells.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
}

// underManager makes the box's relay one that a service manager runs.
func (b *box) underManager() *manager {
	b.t.Helper()
	path := filepath.Join(b.home, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	b.env = append(b.env, "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=3000000", "PERCH_SERVICE=systemd-user")
	return &manager{b.t, conn}
}

// hears returns the next datagram that has the word, and "" when none comes in time.
func (m *manager) hears(word string, limit time.Duration) string {
	m.t.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		m.t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for {
		n, err := m.conn.Read(buffer)
		if err != nil {
			return ""
		}
		if told := string(buffer[:n]); strings.Contains(told, word) {
			return told
		}
	}
}

func (m *manager) mustHear(word string) string {
	m.t.Helper()
	told := m.hears(word, patience)
	if told == "" {
		m.t.Fatal("the service manager was never told ", word)
	}
	return told
}

func TestTheServiceManagerIsToldHowTheRelayIs(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	m := b.underManager()
	b.start()
	told := m.mustHear("READY=1")
	if response, err := http.Get("http://" + b.listen + "/healthz"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("ready, and /healthz answers %v %v", response, err)
	} else {
		_ = response.Body.Close()
	}
	// It may know by then that the Reply URL is not in Motion yet.
	isWell := strings.Contains(told, "STATUS=Running") || strings.Contains(told, "Agents' replies do not come in")
	if !isWell || !strings.Contains(told, "0 waiting") {
		t.Errorf("ready with the words %q", told)
	}
	if got := b.status().Service; got != "systemd-user" {
		t.Errorf("the service is %q in perch status", got)
	}
	m.mustHear("WATCHDOG=1")
	b.must("reload")
	m.mustHear("RELOADING=1")
	m.mustHear("READY=1")

	if err := b.relay.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	m.hears("nothing", watchdog/3) // what was sent before
	if told := m.hears("WATCHDOG=1", 2*watchdog); told != "" {
		t.Errorf("a relay that hangs told %q", told)
	}
	if err := b.relay.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	m.mustHear("WATCHDOG=1")
	b.must("stop")
	m.mustHear("STOPPING=1")
}

func TestTheServiceManagerIsToldWhyARelayDoesNotStart(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.start()
	m := b.underManager()
	if _, _, code := b.perch("relay"); code != 1 {
		t.Errorf("a second relay: exit code %d", code)
	}
	if told := m.mustHear("STATUS=start"); !strings.Contains(told, "a relay is already running on this folder") || !strings.Contains(told, "; look at it") || strings.Contains(told, "READY") {
		t.Errorf("told %q", told)
	}
	if err := os.Rename(filepath.Join(b.home, "perch.toml"), filepath.Join(b.home, "gone")); err != nil {
		t.Fatal(err)
	}
	b.perch("relay")
	if told := m.mustHear("perch.toml"); !strings.Contains(told, "STATUS=") {
		t.Errorf("told %q", told)
	}
}
