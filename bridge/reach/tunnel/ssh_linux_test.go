package tunnel

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/webhook"
)

// opened is a tunnel with a server behind it that says hello.
type opened struct {
	Tunnel
	listen string
	cancel context.CancelFunc
}

func configFor(s *sshd) SSHConfig {
	return SSHConfig{
		Address: s.address, User: s.user, IdentityFile: s.file("id"), KnownHosts: s.file("known_hosts"),
		RemoteListen: net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(s.t))), Log: slog.New(slog.DiscardHandler),
	}
}

// quick makes a tunnel's deadlines short enough for a test.
func quick(config SSHConfig) *SSH {
	s := NewSSH(config)
	s.timing = timing{open: 30 * time.Second, every: 200 * time.Millisecond, within: 2 * time.Second}
	return s
}

func hello(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, "hello ")
	_, _ = io.Copy(w, r.Body)
}

func open(t *testing.T, tun Tunnel, listen string) *opened {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := tun.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(ctx, listener, http.HandlerFunc(hello), slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		tun.Wait()
	})
	return &opened{Tunnel: tun, listen: listen, cancel: cancel}
}

func (o *opened) becomes(t *testing.T, state, code string) State {
	t.Helper()
	return reaches(t, o, state, code)
}

// carries checks that a request passes through the tunnel.
func (o *opened) carries(t *testing.T) {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Post("http://"+o.listen+"/api/messages", "text/plain", strings.NewReader("tunnel"))
	if err != nil {
		t.Fatalf("%v; the tunnel is %+v", err, o.State())
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); string(text) != "hello tunnel" {
		t.Fatalf("got %q", text)
	}
}

func TestSSHCarriesRequests(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	config := configFor(server)
	server.userKey("", "restrict", "port-forwarding", fmt.Sprintf("permitlisten=%q", config.RemoteListen))
	config.PublicURL = "https://motion.example"
	o := open(t, quick(config), config.RemoteListen)
	s := o.becomes(t, Connected, "")
	if s.PublicURL != "https://motion.example" || s.Since.IsZero() || !s.RetryAt.IsZero() {
		t.Errorf("state %+v", s)
	}
	o.carries(t)
	large := strings.Repeat("x", 3<<20)
	answer, err := http.Post("http://"+config.RemoteListen+"/api/messages", "text/plain", strings.NewReader(large))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); len(text) != len(large)+len("hello ") {
		t.Errorf("%d bytes came back", len(text))
	}
}

func TestSSHComesBackAfterItsSessionIsKilled(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	server.userKey("")
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, Connected, "")
	for range 3 {
		before := o.State().Since
		if server.signal(syscall.SIGKILL, false) == 0 {
			t.Fatal("sshd has no session")
		}
		killed := time.Now()
		eventually(t, "the tunnel notices", func() bool { return o.State().Since != before })
		o.becomes(t, Connected, "")
		t.Logf("back after %s", time.Since(killed).Round(time.Millisecond))
		o.carries(t)
	}
}

func TestSSHOutlivesAnOutageOfTheServer(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	server.userKey("")
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, Connected, "")
	server.stop()
	s := o.becomes(t, Degraded, "net/refused")
	if s.RetryAt.IsZero() || time.Until(s.RetryAt) > longestWait {
		t.Errorf("the next attempt is due at %v", s.RetryAt)
	}
	server.run()
	o.Retry()
	o.becomes(t, Connected, "")
	o.carries(t)
}

func TestSSHFindsAFrozenServer(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	server.userKey("")
	config := configFor(server)
	tun := quick(config)
	o := open(t, tun, config.RemoteListen)
	o.becomes(t, Connected, "")
	frozen := time.Now()
	server.signal(syscall.SIGSTOP, true)
	o.becomes(t, Degraded, CodeFrozen)
	took, most := time.Since(frozen), tun.timing.every+tun.timing.within+10*time.Second
	t.Logf("found after %s", took.Round(time.Millisecond))
	if took > most {
		t.Errorf("the freeze was found after %s, not %s", took, most)
	}
	server.signal(syscall.SIGCONT, true)
	o.Retry()
	o.becomes(t, Connected, "")
	o.carries(t)
}

func TestSSHStopsWhileTheServerIsFrozen(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	server.userKey("")
	tun := NewSSH(configFor(server))
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := tun.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "connected", func() bool { return tun.State().State == Connected })
	server.signal(syscall.SIGSTOP, true)
	defer server.signal(syscall.SIGCONT, true)
	begun := time.Now()
	cancel()
	if _, err := listener.Accept(); err != net.ErrClosed { //nolint:errorlint // this very value is promised
		t.Errorf("Accept: %v", err)
	}
	tun.Wait()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s to stop", took)
	}
}

func TestSSHLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	server.userKey("")
	config := configFor(server)
	tun := quick(config)
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := tun.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{})
	served := make(chan error, 1)
	slow := func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-ctx.Done()
		time.Sleep(300 * time.Millisecond)
		hello(w, r)
	}
	go func() { served <- webhook.Serve(ctx, listener, http.HandlerFunc(slow), slog.New(slog.DiscardHandler)) }()
	eventually(t, "connected", func() bool { return tun.State().State == Connected })
	go func() {
		<-begun
		cancel()
	}()
	answer, err := http.Post("http://"+config.RemoteListen+"/api/messages", "text/plain", strings.NewReader("last"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); string(text) != "hello last" {
		t.Errorf("got %q", text)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	tun.Wait()
	if s := tun.State(); s.Detail != "closed" {
		t.Errorf("state %+v", s)
	}
}

func TestSSHNamesATakenPort(t *testing.T) {
	t.Parallel()
	server := startSSHD(t, []string{"ed25519"})
	server.knows("ed25519")
	server.userKey("")
	config := configFor(server)
	other, err := net.Listen("tcp", config.RemoteListen)
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, quick(config), config.RemoteListen)
	s := o.becomes(t, Degraded, CodePortTaken)
	if !strings.Contains(s.Detail, config.RemoteListen+" is taken") || s.Remedy == "" {
		t.Errorf("state %+v", s)
	}
	other.Close()
	o.Retry()
	o.becomes(t, Connected, "")
	o.carries(t)
}

func TestSSHNamesAForwardThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	t.Run("the key may listen elsewhere only", func(t *testing.T) {
		t.Parallel()
		server := startSSHD(t, []string{"ed25519"})
		server.knows("ed25519")
		server.userKey("", "restrict", "port-forwarding", `permitlisten="127.0.0.1:1"`)
		config := configFor(server)
		s := open(t, quick(config), config.RemoteListen).becomes(t, Failed, CodeForwardDenied)
		if !strings.Contains(s.Remedy, "permitlisten") {
			t.Errorf("state %+v", s)
		}
	})
	t.Run("the server forwards nothing", func(t *testing.T) {
		t.Parallel()
		server := startSSHD(t, []string{"ed25519"}, "AllowTcpForwarding no")
		server.knows("ed25519")
		server.userKey("")
		config := configFor(server)
		s := open(t, quick(config), config.RemoteListen).becomes(t, Degraded, CodeForwardDenied)
		if !strings.Contains(s.Remedy, "AllowTcpForwarding yes") {
			t.Errorf("state %+v", s)
		}
	})
}

func TestSSHSaysThatItIsNoSSHServer(t *testing.T) {
	t.Parallel()
	web := &http.Server{Handler: http.HandlerFunc(hello)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = web.Serve(listener) }()
	defer web.Close()
	dir := t.TempDir()
	writeKey(t, filepath.Join(dir, "id"), "ed25519", "")
	config := SSHConfig{
		Address: listener.Addr().String(), RemoteListen: "127.0.0.1:3002", IdentityFile: filepath.Join(dir, "id"),
		KnownHosts: filepath.Join(dir, "known_hosts"), Log: slog.New(slog.DiscardHandler),
	}
	o := open(t, quick(config), "")
	eventually(t, "words", func() bool { return o.State().State == Degraded })
	if s := o.State(); !strings.HasPrefix(s.Code, "ssh/") || s.Remedy == "" {
		t.Errorf("state %+v", s)
	}
	if _, _, err := AcceptHostKey(t.Context(), config.Address, config.KnownHosts); bridge.KindOf(err) != bridge.Temporary {
		t.Errorf("AcceptHostKey: %v", err)
	}
}

func TestSSHGivesUpOnAServerThatSaysNothing(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dir := t.TempDir()
	writeKey(t, filepath.Join(dir, "id"), "ed25519", "")
	tun := quick(SSHConfig{
		Address: listener.Addr().String(), RemoteListen: "127.0.0.1:3002", IdentityFile: filepath.Join(dir, "id"),
		KnownHosts: filepath.Join(dir, "known_hosts"), Log: slog.New(slog.DiscardHandler),
	})
	tun.timing.open = 300 * time.Millisecond
	open(t, tun, "").becomes(t, Degraded, "ssh/timeout")
}

func TestSSHRefusesSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	for name, config := range map[string]SSHConfig{
		"no address":       {RemoteListen: "127.0.0.1:3002", Log: log},
		"no remote port":   {Address: "motion.example", RemoteListen: "127.0.0.1", Log: log},
		"a port too large": {Address: "motion.example", RemoteListen: "127.0.0.1:99999", Log: log},
	} {
		if _, err := NewSSH(config).Listen(t.Context()); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
