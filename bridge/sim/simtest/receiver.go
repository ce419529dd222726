package simtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim/xevents"
)

// Receiver is a webhook that keeps what it got.
type Receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	// Answer gives the status of the nth POST, counted from 1.
	Answer func(n int) int
}

// NewReceiver starts a webhook that answers CRCs with a consumer secret and checks signatures by it.
func NewReceiver(t *testing.T, secret string) *Receiver {
	t.Helper()
	r := &Receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"response_token":%q}`, xevents.Sign(secret, []byte(q.URL.Query().Get("crc_token"))))
			return
		}
		raw, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if got := q.Header.Get("X-Twitter-Webhooks-Signature"); got != xevents.Sign(secret, raw) {
			t.Errorf("signature %q does not fit", got)
		}
		r.bodies = append(r.bodies, string(raw))
		if r.Answer != nil {
			w.WriteHeader(r.Answer(len(r.bodies)))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// Got returns the bodies that came, in order.
func (r *Receiver) Got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.bodies...)
}

// Listen opens a stream and passes on its lines until the test ends or the stream breaks.
func (w *World) Listen(t *testing.T, query string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, w.URL()+"/2/activity/stream"+query, nil)
	request.Header.Set("Authorization", "Bearer "+w.Bearer(t))
	response, err := http.DefaultClient.Do(request) //nolint:bodyclose // closed where it is read
	if err != nil {
		t.Fatal(err)
	}
	lines, done := make(chan string, 64), make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		defer close(lines)
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			raw, _ := io.ReadAll(response.Body)
			lines <- string(raw)
			return
		}
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// Next returns the next line of a stream, and false when the stream is over.
func Next(t *testing.T, lines <-chan string) (string, bool) {
	t.Helper()
	select {
	case line, open := <-lines:
		return line, open
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return "", false
	}
}
