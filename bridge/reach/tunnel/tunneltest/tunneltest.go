// Package tunneltest is what the tests of tunnels share: a server behind a tunnel, the wait for a state, an SSH server.
package tunneltest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"perch/bridge/reach/tunnel"
	"perch/bridge/sim/freeport"
	"perch/bridge/webhook"
)

// patience bounds every wait; the race detector and a busy machine make opening a key with a passphrase take long.
const patience = 90 * time.Second

// FreePort returns a port of this computer that nobody uses.
func FreePort(t *testing.T) int {
	t.Helper()
	n, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Eventually waits until ok says so.
func Eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// Serve opens a tunnel with a server behind it.
func Serve(t *testing.T, tun tunnel.Tunnel) {
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

// Reaches waits until a tunnel is in a state, with a code, and returns it.
func Reaches(t *testing.T, tun tunnel.Tunnel, state, code string) tunnel.State {
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

// LockedBuffer is a log that may be read while it is written.
type LockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (b *LockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String returns what was written so far.
func (b *LockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
