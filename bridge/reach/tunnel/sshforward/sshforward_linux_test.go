package sshforward

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
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/tunneltest"
	"perch/bridge/webhook"
)

// opened is a tunnel with a server behind it that says hello.
type opened struct {
	tunnel.Tunnel
	listen string
	cancel context.CancelFunc
}

func configFor(s *tunneltest.SSHD) Config {
	return Config{
		Address: s.Address, User: s.User, IdentityFile: s.File("id"), KnownHosts: s.File("known_hosts"),
		RemoteListen: net.JoinHostPort("127.0.0.1", strconv.Itoa(tunneltest.FreePort(s.T))), Log: slog.New(slog.DiscardHandler),
	}
}

// quick makes a tunnel's deadlines short enough for a test.
func quick(config Config) *Tunnel {
	s := New(config)
	s.timing = timing{open: 30 * time.Second, every: 200 * time.Millisecond, within: 2 * time.Second}
	return s
}

func hello(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, "hello ")
	_, _ = io.Copy(w, r.Body)
}

func open(t *testing.T, tun tunnel.Tunnel, listen string) *opened {
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

func (o *opened) becomes(t *testing.T, state, code string) tunnel.State {
	t.Helper()
	return tunneltest.Reaches(t, o, state, code)
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
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	config := configFor(server)
	server.UserKey("", "restrict", "port-forwarding", fmt.Sprintf("permitlisten=%q", config.RemoteListen))
	config.PublicURL = "https://motion.example"
	o := open(t, quick(config), config.RemoteListen)
	s := o.becomes(t, tunnel.Connected, "")
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
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, tunnel.Connected, "")
	for range 3 {
		before := o.State().Since
		if server.Signal(syscall.SIGKILL, false) == 0 {
			t.Fatal("sshd has no session")
		}
		killed := time.Now()
		tunneltest.Eventually(t, "the tunnel notices", func() bool { return o.State().Since != before })
		o.becomes(t, tunnel.Connected, "")
		t.Logf("back after %s", time.Since(killed).Round(time.Millisecond))
		o.carries(t)
	}
}

func TestSSHOutlivesAnOutageOfTheServer(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	config := configFor(server)
	o := open(t, quick(config), config.RemoteListen)
	o.becomes(t, tunnel.Connected, "")
	server.Stop()
	s := o.becomes(t, tunnel.Degraded, "net/refused")
	if s.RetryAt.IsZero() || time.Until(s.RetryAt) > 30*time.Second {
		t.Errorf("the next attempt is due at %v", s.RetryAt)
	}
	server.Run()
	o.Retry()
	o.becomes(t, tunnel.Connected, "")
	o.carries(t)
}

func TestSSHFindsAFrozenServer(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	config := configFor(server)
	tun := quick(config)
	o := open(t, tun, config.RemoteListen)
	o.becomes(t, tunnel.Connected, "")
	frozen := time.Now()
	server.Signal(syscall.SIGSTOP, true)
	o.becomes(t, tunnel.Degraded, tunnel.CodeFrozen)
	took, most := time.Since(frozen), tun.timing.every+tun.timing.within+10*time.Second
	t.Logf("found after %s", took.Round(time.Millisecond))
	if took > most {
		t.Errorf("the freeze was found after %s, not %s", took, most)
	}
	server.Signal(syscall.SIGCONT, true)
	o.Retry()
	o.becomes(t, tunnel.Connected, "")
	o.carries(t)
}

func TestSSHStopsWhileTheServerIsFrozen(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	tun := New(configFor(server))
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := tun.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tunneltest.Eventually(t, "connected", func() bool { return tun.State().State == tunnel.Connected })
	server.Signal(syscall.SIGSTOP, true)
	defer server.Signal(syscall.SIGCONT, true)
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
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
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
	tunneltest.Eventually(t, "connected", func() bool { return tun.State().State == tunnel.Connected })
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
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	config := configFor(server)
	other, err := net.Listen("tcp", config.RemoteListen)
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, quick(config), config.RemoteListen)
	s := o.becomes(t, tunnel.Degraded, tunnel.CodePortTaken)
	if !strings.Contains(s.Detail, config.RemoteListen+" is taken") || s.Remedy == "" {
		t.Errorf("state %+v", s)
	}
	other.Close()
	o.Retry()
	o.becomes(t, tunnel.Connected, "")
	o.carries(t)
}

func TestSSHNamesAForwardThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	t.Run("the key may listen elsewhere only", func(t *testing.T) {
		t.Parallel()
		server := tunneltest.StartSSHD(t, []string{"ed25519"})
		server.Knows("ed25519")
		server.UserKey("", "restrict", "port-forwarding", `permitlisten="127.0.0.1:1"`)
		config := configFor(server)
		s := open(t, quick(config), config.RemoteListen).becomes(t, tunnel.Failed, tunnel.CodeForwardDenied)
		if !strings.Contains(s.Remedy, "permitlisten") {
			t.Errorf("state %+v", s)
		}
	})
	t.Run("the server forwards nothing", func(t *testing.T) {
		t.Parallel()
		server := tunneltest.StartSSHD(t, []string{"ed25519"}, "AllowTcpForwarding no")
		server.Knows("ed25519")
		server.UserKey("")
		config := configFor(server)
		s := open(t, quick(config), config.RemoteListen).becomes(t, tunnel.Degraded, tunnel.CodeForwardDenied)
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
	tunneltest.WriteKey(t, filepath.Join(dir, "id"), "ed25519", "")
	config := Config{
		Address: listener.Addr().String(), RemoteListen: "127.0.0.1:3002", IdentityFile: filepath.Join(dir, "id"),
		KnownHosts: filepath.Join(dir, "known_hosts"), Log: slog.New(slog.DiscardHandler),
	}
	o := open(t, quick(config), "")
	tunneltest.Eventually(t, "words", func() bool { return o.State().State == tunnel.Degraded })
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
	tunneltest.WriteKey(t, filepath.Join(dir, "id"), "ed25519", "")
	tun := quick(Config{
		Address: listener.Addr().String(), RemoteListen: "127.0.0.1:3002", IdentityFile: filepath.Join(dir, "id"),
		KnownHosts: filepath.Join(dir, "known_hosts"), Log: slog.New(slog.DiscardHandler),
	})
	tun.timing.open = 300 * time.Millisecond
	open(t, tun, "").becomes(t, tunnel.Degraded, "ssh/timeout")
}

func TestSSHRefusesSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	for name, config := range map[string]Config{
		"no address":       {RemoteListen: "127.0.0.1:3002", Log: log},
		"no remote port":   {Address: "motion.example", RemoteListen: "127.0.0.1", Log: log},
		"a port too large": {Address: "motion.example", RemoteListen: "127.0.0.1:99999", Log: log},
	} {
		if _, err := New(config).Listen(t.Context()); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
