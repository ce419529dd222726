package cloudflared

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/tunneltest"
	"perch/bridge/sim/tidy"
)

// The test binary plays cloudflared, or a Perch that is killed, when it is told to by these.
const (
	playEnv  = "TUNNEL_TEST_PLAY"
	notesEnv = "TUNNEL_TEST_NOTES"
	routeEnv = "TUNNEL_TEST_SERVICE"
)

func TestMain(m *testing.M) {
	switch play := os.Getenv(playEnv); play {
	case "":
		os.Exit(tidy.Run(m.Run))
	case "parent":
		playParent()
	default:
		playCloudflared(play)
	}
}

// notes is what a played program writes down about itself.
type notes struct {
	PID   int
	Args  []string
	Token string
	Perch bool
}

func playCloudflared(play string) {
	say := func(level, format string, values ...any) {
		fmt.Fprintf(os.Stderr, time.Now().UTC().Format(time.RFC3339)+" "+level+" "+format+"\n", values...)
	}
	text, _ := json.Marshal(notes{PID: os.Getpid(), Args: os.Args, Token: os.Getenv("TUNNEL_TOKEN"), Perch: os.Getenv("PERCH_HOME") != ""})
	_ = os.WriteFile(os.Getenv(notesEnv), text, 0o600)
	switch play {
	case "bad token":
		fmt.Fprintln(os.Stderr, "Provided Tunnel token is not valid.\nSee 'cloudflared tunnel run --help'.")
		os.Exit(1)
	case "crash":
		say("ERR", "Couldn't start tunnel error=\"out of luck, token %s\"", os.Getenv("TUNNEL_TOKEN"))
		os.Exit(1)
	}
	var connections atomic.Int64
	if play != "offline" {
		connections.Store(4)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if connections.Load() == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = fmt.Fprintf(w, `{"status":200,"readyConnections":%d,"connectorId":"1"}`, connections.Load())
	})
	mux.HandleFunc("/config", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"version":1,"config":{"ingress":[{"hostname":"perch.example","path":"","service":%q,"Handlers":null},`+
			`{"hostname":"","path":"","service":"http_status:404"}]}}`, os.Getenv(routeEnv))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(2)
	}
	say("INF", "Starting metrics server on %s/metrics", listener.Addr())
	if play == "offline" {
		say("ERR", "Unable to establish connection with Cloudflare edge error=\"i/o timeout\"")
	}
	if play == "revoked" {
		say("ERR", "Register tunnel error from server side error=\"Unauthorized: Invalid tunnel secret\" connIndex=0")
	}
	if play == "frozen" {
		time.AfterFunc(300*time.Millisecond, func() { listener.Close() })
		_ = http.Serve(listener, mux)
		time.Sleep(time.Hour) // with nothing else to do, an empty select would be a deadlock and end it
	}
	_ = http.Serve(listener, mux)
}

func cloudflaredConfig(t *testing.T) Config {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	local, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { local.Close() })
	return Config{Path: program, Token: "eyJSECRET", Local: local, Log: slog.New(slog.DiscardHandler)}
}

// played prepares the environment for a played program and returns where it writes its notes.
func played(t *testing.T, play, service string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notes")
	t.Setenv(playEnv, play)
	t.Setenv(notesEnv, path)
	t.Setenv(routeEnv, service)
	t.Setenv("PERCH_HOME", "/nowhere")
	return path
}

func readNotes(t *testing.T, path string) notes {
	t.Helper()
	var n notes
	tunneltest.Eventually(t, "the program writes its notes", func() bool {
		text, err := os.ReadFile(path)
		return err == nil && json.Unmarshal(text, &n) == nil
	})
	return n
}

func brisk(config Config) *Tunnel {
	c := New(config)
	c.poll = 20 * time.Millisecond
	return c
}

func TestCloudflaredRunsAndIsStartedAgain(t *testing.T) {
	config := cloudflaredConfig(t)
	notesAt := played(t, "fine", "http://"+config.Local.Addr().String())
	tun := brisk(config)
	tunneltest.Serve(t, tun)
	if s := tunneltest.Reaches(t, tun, tunnel.Connected, ""); s.PublicURL != "https://perch.example" || !strings.Contains(s.Detail, "4 connections") {
		t.Errorf("state %+v", s)
	}
	n := readNotes(t, notesAt)
	if n.Token != config.Token || strings.Contains(strings.Join(n.Args, " "), config.Token) || n.Perch {
		t.Errorf("the program saw %+v", n)
	}
	if !slices.Contains(n.Args, "--no-autoupdate") || n.Args[len(n.Args)-1] != "run" {
		t.Errorf("arguments %q", n.Args)
	}
	answer, err := http.Get("http://" + config.Local.Addr().String() + "/api/messages")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusTeapot {
		t.Errorf("status %d", answer.StatusCode)
	}

	process, err := os.FindProcess(n.PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(notesAt); err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	tunneltest.Reaches(t, tun, tunnel.Degraded, "cloudflared/ended")
	tunneltest.Reaches(t, tun, tunnel.Connected, "")
	if again := readNotes(t, notesAt); again.PID == n.PID {
		t.Error("it is the same process")
	}
}

func TestCloudflaredEndsWithItsContext(t *testing.T) {
	config := cloudflaredConfig(t)
	notesAt := played(t, "fine", "http://"+config.Local.Addr().String())
	tun := brisk(config)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := tun.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	tunneltest.Reaches(t, tun, tunnel.Connected, "")
	n := readNotes(t, notesAt)
	cancel()
	tun.Wait()
	if runtime.GOOS != "windows" && alive(n.PID) {
		t.Error("the program outlived its tunnel")
	}
	if _, err := config.Local.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is open: %v", err)
	}
}

func TestCloudflaredPutsTroubleIntoWords(t *testing.T) {
	for play, want := range map[string]struct{ state, code, word string }{
		"bad token": {tunnel.Failed, tunnel.CodeToken, "perch secret set reach.cloudflared_token"},
		"revoked":   {tunnel.Failed, tunnel.CodeToken, "perch secret set reach.cloudflared_token"},
		"crash":     {tunnel.Degraded, "cloudflared/ended", "out of luck"},
		"offline":   {tunnel.Degraded, "cloudflared/offline", "7844"},
		"frozen":    {tunnel.Degraded, "cloudflared/frozen", "sign of life"},
		"fine":      {tunnel.Failed, "cloudflared/route", "http://localhost:"}, // its rule leads elsewhere
	} {
		t.Run(play, func(t *testing.T) {
			config := cloudflaredConfig(t)
			var log tunneltest.LockedBuffer
			config.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			service := "http://localhost:1"
			if play == "frozen" {
				service = "http://" + config.Local.Addr().String()
			}
			played(t, play, service)
			tun := brisk(config)
			tun.silence = 500 * time.Millisecond
			tunneltest.Serve(t, tun)
			s := tunneltest.Reaches(t, tun, want.state, want.code)
			if !strings.Contains(s.Detail+s.Remedy, want.word) {
				t.Errorf("state %+v", s)
			}
			if text := fmt.Sprintf("%+v", s) + log.String(); strings.Contains(text, config.Token) {
				t.Errorf("the token is told: %s", text)
			}
		})
	}
}

func TestCloudflaredSaysWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	config := cloudflaredConfig(t)
	config.Path = ""
	tun := brisk(config)
	tunneltest.Serve(t, tun)
	if s := tunneltest.Reaches(t, tun, tunnel.Failed, tunnel.CodeNoProgram); !strings.Contains(s.Detail, "not installed") || !strings.Contains(s.Remedy, "install") {
		t.Errorf("state %+v", s)
	}

	config = cloudflaredConfig(t)
	config.Path = filepath.Join(t.TempDir(), "cloudflared")
	tun = brisk(config)
	tunneltest.Serve(t, tun)
	if s := tunneltest.Reaches(t, tun, tunnel.Failed, tunnel.CodeNoProgram); !strings.Contains(s.Detail, config.Path) {
		t.Errorf("state %+v", s)
	}

	config = cloudflaredConfig(t)
	config.Token = ""
	tun = brisk(config)
	tunneltest.Serve(t, tun)
	tunneltest.Reaches(t, tun, tunnel.Failed, tunnel.CodeToken)

	config.Local = nil
	if _, err := brisk(config).Listen(t.Context()); bridge.KindOf(err) != bridge.Invalid {
		t.Errorf("no listener: %v", err)
	}
}

// playParent is a Perch with a tunnel, for the one who kills it.
func playParent() {
	_ = os.Setenv(playEnv, "fine")
	program, err := os.Executable()
	if err != nil {
		os.Exit(2)
	}
	local, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(2)
	}
	tun := New(Config{Path: program, Token: "x", Local: local, Log: slog.New(slog.DiscardHandler)})
	listener, err := tun.Listen(context.Background())
	if err != nil {
		os.Exit(2)
	}
	for {
		if _, err := listener.Accept(); err != nil {
			os.Exit(2)
		}
	}
}

func TestCloudflaredDiesWithAKilledPerch(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc and a system that binds children to their parent")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	notesAt := played(t, "parent", "")
	parent := exec.Command(program)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	child := readNotes(t, notesAt).PID
	if child == parent.Process.Pid || !alive(child) {
		t.Fatal("there is no child")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	tunneltest.Eventually(t, "the child ends", func() bool { return !alive(child) })
}

// alive reports whether a process runs; one that nobody has waited for does not.
func alive(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(text), ") Z ")
}
