package settings

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"perch/bridge"
)

const (
	// callbackTime bounds a request of the browser, closingTime the wait for it to be answered at the end.
	callbackTime, closingTime = 10 * time.Second, 3 * time.Second
	maxCallbackHeader         = 32 << 10
)

// listen waits for the browser at the callback address and ends the login with its answer. What came of it is shown there too.
func (f *loginFlow) listen(ctx, waiting context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(f.Port)))
	if err != nil {
		return "", &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: opLogin, Message: fmt.Sprintf("port %d of this computer is in use", f.Port), Err: err,
			Remedy: "end what uses it, or choose another port (--port), which then has to be in the callback address in X's developer portal, too",
		}
	}
	back := &callback{once: f.once, host: listener.Addr().String(), answers: make(chan loginAnswer, 1), outcome: make(chan struct{})}
	server := &http.Server{
		Handler: back, ReadHeaderTimeout: callbackTime, MaxHeaderBytes: maxCallbackHeader, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(listener) }() // it ends when the server is closed
	defer func() { closeServer(server); <-ended }()
	f.Show(f.address(), f.callback())
	select {
	case answer := <-back.answers:
		handle, err := f.finish(ctx, answer)
		back.tell(err)
		return handle, err
	case <-waiting.Done():
		return "", unanswered(waiting, nil)
	}
}

// closeServer lets the page of an answer arrive.
func closeServer(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		_ = server.Close()
	}
}

// callback takes exactly one answer: the first with the right state.
type callback struct {
	once    challenge
	host    string
	isTaken atomic.Bool
	answers chan loginAnswer
	// outcome is closed when err is what came of it.
	outcome chan struct{}
	err     error
}

func (c *callback) tell(err error) {
	c.err = err
	close(c.outcome)
}

// ServeHTTP implements http.Handler.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := r.URL.Query()
	switch {
	case r.Host != c.host || r.URL.Path != "/callback":
		http.NotFound(w, r)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		page(w, http.StatusMethodNotAllowed, "This is not an answer of X's.")
	case !c.once.isOf(answer):
		page(w, http.StatusBadRequest, "This is not the answer to the login that Perch waits for. Perch still waits.")
	case !c.isTaken.CompareAndSwap(false, true):
		page(w, http.StatusConflict, "The login was answered before. You may close this page.")
	default:
		c.answers <- c.once.read(answer)
		c.show(w, r)
	}
}

// show waits for what came of the answer.
func (c *callback) show(w http.ResponseWriter, r *http.Request) {
	select {
	case <-c.outcome:
	case <-r.Context().Done():
		return
	}
	if c.err != nil {
		failure := bridge.FailureOf(bridge.AsError(c.err))
		page(w, http.StatusBadRequest, "The login did not work: "+failure.Sentence()+".")
		return
	}
	page(w, http.StatusOK, "Perch is logged in to X. You may close this page.")
}

// page writes one sentence for the person at the browser.
func page(w http.ResponseWriter, status int, sentence string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Perch</title><body style=\"font-family:sans-serif;margin:4em auto;max-width:36em\"><h1>Perch</h1><p>%s</p></body></html>", html.EscapeString(sentence))
}
