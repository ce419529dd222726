package sim

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

// server is an HTTP server on one address that can go away and come back. Make it with newServer; up starts it.
type server struct {
	handler http.Handler
	tls     *tls.Config

	mu      sync.Mutex
	calm    *sync.Cond // signals that active became 0
	active  int
	address string
	running *http.Server
	stop    context.CancelFunc
	done    chan struct{}
}

func newServer(address string, handler http.Handler) *server {
	if address == "" {
		address = "127.0.0.1:0"
	}
	s := &server{address: address, handler: handler}
	s.calm = sync.NewCond(&s.mu)
	return s
}

// addr returns "host:port"; the port is known once the server has been up.
func (s *server) addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// up starts listening; on a server that is up it does nothing.
func (s *server) up() error {
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
	if s.tls != nil {
		listener = tls.NewListener(listener, s.tls)
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

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
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

// down cuts every connection and refuses new ones; it returns when no handler runs any more.
func (s *server) down() {
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

// wait sleeps for d or until ctx ends; it reports whether the time passed.
func wait(ctx context.Context, d time.Duration) bool {
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

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close() // the point is that nothing arrives
	}
}
