// Package serve is what both simulators answer with: an HTTP server that goes away and comes back at its address, answers
// that can also be a stream or a lost connection, and the notes of what was called and of what no client should do.
//
// It knows neither X nor Motion. Down returns only when no handler runs any more. Everything but an Answer is safe for
// concurrent use.
package serve

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// headerTimeout bounds the wait for a request's header.
	headerTimeout = 30 * time.Second
	// rebindPatience is how long a server tries to get its old address back.
	rebindPatience = 3 * time.Second
	rebindPause    = 20 * time.Millisecond
)

// Server is an HTTP server on one address that can go away and come back. Make it with NewServer; Up starts it.
type Server struct {
	handler http.Handler
	TLS     *tls.Config

	mu      sync.Mutex
	calm    *sync.Cond // signals that active became 0
	active  int
	address string
	running *http.Server
	stop    context.CancelFunc
	done    chan struct{}
}

// NewServer makes a server for an address; "" means a free port of 127.0.0.1.
func NewServer(address string, handler http.Handler) *Server {
	if address == "" {
		address = "127.0.0.1:0"
	}
	s := &Server{address: address, handler: handler}
	s.calm = sync.NewCond(&s.mu)
	return s
}

// Addr returns "host:port"; the port is known once the server has been up.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Up starts listening; on a server that is up it does nothing.
func (s *Server) Up() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return nil
	}
	listener, err := listen(s.address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.address, err)
	}
	s.address = listener.Addr().String()
	if s.TLS != nil {
		listener = tls.NewListener(listener, s.TLS)
	}
	ctx, stop := context.WithCancel(context.Background())
	running := &http.Server{
		Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: headerTimeout, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = running.Serve(listener) // always ends with an error; the listener was closed
	}()
	s.running, s.stop, s.done = running, stop, done
	return nil
}

// listen takes the address, waiting a little for one that was given up a moment ago.
func listen(address string) (net.Listener, error) {
	for end := time.Now().Add(rebindPatience); ; {
		listener, err := net.Listen("tcp", address) //nolint:noctx // binding does not block
		if err == nil || time.Now().After(end) {
			return listener, err
		}
		time.Sleep(rebindPause) //nolint:forbidigo // another program may hold the port for a moment
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.active++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.active--; s.active == 0 {
			s.calm.Broadcast()
		}
	}()
	s.handler.ServeHTTP(w, r)
}

// Down cuts every connection and refuses new ones; it returns when no handler runs any more.
func (s *Server) Down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return
	}
	s.stop()
	_ = s.running.Close() // what it could say is that a connection was already closed
	done := s.done
	s.running = nil
	s.mu.Unlock()
	<-done
	s.mu.Lock()
	for s.active > 0 {
		s.calm.Wait()
	}
}

// Wait sleeps for d or until ctx ends; it reports whether the time passed.
func Wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Drop closes the connection without an answer.
func Drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close() // the point is that nothing arrives
	}
}
