package tunnel

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim/freeport"
	"perch/bridge/webhook"
)

// patience bounds every wait; the race detector and a busy machine make opening a key with a passphrase take long.
const patience = 90 * time.Second

func freePort(t *testing.T) int {
	t.Helper()
	n, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// serve opens a tunnel with a server behind it.
func serve(t *testing.T, tun Tunnel) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := tun.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		tun.Wait()
	})
}

func reaches(t *testing.T, tun Tunnel, state, code string) State {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		s := tun.State()
		if s.State == state && s.Code == code {
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("never %s %s; it is %+v", state, code, s)
		}
	}
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
