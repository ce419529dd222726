package metrics

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/config"
)

// inTime bounds the wait for anything; a shared machine is slow.
const inTime = 20 * time.Second

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// served is a Server at work.
type served struct {
	*Server
	t   *testing.T
	log *lines

	mu  sync.Mutex
	now config.Metrics
}

func mustServe(t *testing.T, listen string) *served {
	t.Helper()
	s := &served{t: t, log: &lines{}, now: config.Metrics{Listen: listen}}
	s.Server = NewServer(ServerConfig{
		Settings: func() config.Metrics { s.mu.Lock(); defer s.mu.Unlock(); return s.now },
		Figures:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "perch_up 1\n") }),
		Log:      slog.New(slog.NewTextHandler(s.log, nil)),
	})
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// reload makes other settings hold.
func (s *served) reload(listen string) {
	s.mu.Lock()
	s.now.Listen = listen
	s.mu.Unlock()
	s.Poke()
}

func (s *served) until(what string, condition func() bool) {
	s.t.Helper()
	for end := time.Now().Add(inTime); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited in vain for: %s\n%s", what, s.log)
		}
	}
}

var listensAt = regexp.MustCompile(`listen=(127\.0\.0\.1:[1-9][0-9]*)`)

// address is where it was served last, the nth time.
func (s *served) address(nth int) string {
	s.t.Helper()
	var found [][]string
	s.until("an address", func() bool { found = listensAt.FindAllStringSubmatch(s.log.String(), -1); return len(found) >= nth })
	return found[nth-1][1]
}

func get(t *testing.T, method, address, path, host string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		request.Host = host
	}
	client := &http.Client{Timeout: inTime, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestOnlyThisComputerReadsTheFigures(t *testing.T) {
	t.Parallel()
	at := mustServe(t, "127.0.0.1:0").address(1)
	_, port, _ := net.SplitHostPort(at)
	for _, tc := range []struct {
		method, path, host string
		code               int
	}{
		{"GET", "/metrics", "", 200},
		{"GET", "/metrics", "localhost:" + port, 200},
		{"GET", "/metrics", "localhost", 200},
		{"GET", "/metrics", "[::1]:" + port, 200},
		{"GET", "/metrics", "127.9.9.9", 200},
		{"HEAD", "/metrics", "", 200},
		{"GET", "/metrics?name=go_goroutines", "", 200},
		{"GET", "/metrics", "evil.example", 421},
		{"GET", "/metrics", "evil.example:" + port, 421},
		{"GET", "/metrics", "127.0.0.1.evil.example", 421},
		{"GET", "/metrics", "10.0.0.1:" + port, 421},
		{"GET", "/metrics", "localhost.evil:1", 421},
		{"POST", "/metrics", "", 405},
		{"DELETE", "/metrics", "", 405},
		{"GET", "/", "", 404},
		{"GET", "/metrics/", "", 404},
		{"GET", "/v1/status", "", 404},
		{"GET", "/debug/pprof/", "", 404},
	} {
		code, body := get(t, tc.method, at, tc.path, tc.host)
		if code != tc.code || (code == 421) != strings.Contains(body, "ask for 127.0.0.1 or localhost") || (code != 200) == strings.Contains(body, "perch_up") && tc.method != "HEAD" {
			t.Errorf("%s %s at %q: %d %s; want %d", tc.method, tc.path, tc.host, code, body, tc.code)
		}
	}
}

// What is set while it runs holds at once: another port, none, one again.
func TestTheAddressFollowsTheSettings(t *testing.T) {
	t.Parallel()
	s := mustServe(t, "")
	s.reload("127.0.0.1:0")
	first := s.address(1)
	if code, _ := get(t, "GET", first, Path, ""); code != 200 {
		t.Errorf("at first: %d", code)
	}
	s.reload("localhost:0")
	second := s.address(2)
	if code, _ := get(t, "GET", second, Path, ""); code != 200 {
		t.Errorf("then: %d", code)
	}
	s.until("the first place to be left", func() bool { code, _ := get(t, "GET", first, Path, ""); return code == 0 })
	s.reload("")
	s.until("the second place to be left", func() bool { code, _ := get(t, "GET", second, Path, ""); return code == 0 })
}

// A port that somebody has is told of once, and tried again.
func TestAPortThatIsTakenIsTriedAgain(t *testing.T) {
	t.Parallel()
	taken := httptest.NewServer(http.NotFoundHandler())
	at := taken.Listener.Addr().String()
	s := mustServe(t, at)
	const said = "figures cannot be served"
	s.until("a word about it", func() bool { return strings.Contains(s.log.String(), said) })
	for range 3 {
		s.Poke()
		time.Sleep(20 * time.Millisecond)
	}
	if n := strings.Count(s.log.String(), said); n != 1 || !strings.Contains(s.log.String(), "metrics.listen in perch.toml another port") {
		t.Errorf("told %d times: %s", n, s.log)
	}
	if served, why := s.State(); served != "" || why == nil || !strings.Contains(why.Message, at) || why.Remedy == "" {
		t.Errorf("it stands at %q, %v", served, why)
	}
	taken.Close()
	s.until("the figures", func() bool {
		s.Poke()
		code, body := get(t, "GET", at, Path, "")
		return code == 200 && body == "perch_up 1\n"
	})
}
