package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"perch/app/config"
	"perch/bridge"
	"perch/bridge/wait"
)

const (
	// Path is where the figures are, on the control socket and on the port.
	Path = "/metrics"
	// retryEvery is how often a place that was taken is tried again.
	retryEvery = 15 * time.Second
	// maxConns bounds the connections: Prometheus keeps one.
	maxConns = 16
	// headerTimeout bounds who says nothing, answerTimeout who reads slowly, idleTimeout who stays silent.
	headerTimeout, answerTimeout, idleTimeout = 5 * time.Second, 30 * time.Second, 2 * time.Minute
	// maxHeader bounds a request's headers, in bytes.
	maxHeader = 8 << 10
	// stopGrace is how long answers under way may take when the place goes.
	stopGrace = time.Second
)

// ServerConfig is what a Server is made of. Every field is needed.
type ServerConfig struct {
	// Settings is what perch.toml says of the figures now.
	Settings func() config.Metrics
	// Figures answers whoever may ask.
	Figures http.Handler
	Log     *slog.Logger
}

// Server serves the figures on a port of this computer while the settings say so. There is no password: nobody but this computer
// reaches it, and a request is answered only under a name of loopback, so that no page in a browser here reads it for somebody
// else. A port that cannot be had is logged and tried again, and never ends the relay.
type Server struct {
	ServerConfig
	poked wait.Signal

	mu    sync.Mutex
	at    string // where they are served; "" for nowhere
	error *bridge.Error
}

// State says where the figures are served, "" for nowhere, and why they are not although they should be; nil for no reason.
func (s *Server) State() (at string, why *bridge.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.error
}

// become notes how it stands and reports whether a trouble is news.
func (s *Server) become(at string, why *bridge.Error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	isNews := why != nil && (s.error == nil || s.error.Error() != why.Error())
	s.at, s.error = at, why
	return isNews
}

// NewServer returns a Server that does nothing until Run.
func NewServer(c ServerConfig) *Server { return &Server{ServerConfig: c, poked: wait.NewSignal()} }

// Poke makes it look at once whether the settings have changed.
func (s *Server) Poke() { s.poked.Send() }

// Run serves until ctx ends; it returns nil.
func (s *Server) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		wanted := s.Settings()
		if wanted.Listen == "" {
			s.become("", nil)
			s.wait(ctx, wanted)
			continue
		}
		if err := s.serve(ctx, wanted); err != nil {
			if s.become("", notServedError(wanted.Listen, err)) { // told once, and not every few seconds
				s.Log.Error("figures cannot be served", "listen", wanted.Listen, "error", err, "remedy", notServedRemedy)
			}
			s.pause(ctx)
		}
	}
	return nil
}

const notServedRemedy = "see what else listens there, or give metrics.listen in perch.toml another port; perch metrics prints them in any case"

func notServedError(listen string, err error) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "serve the figures", Message: "the figures for Prometheus cannot be served at " + listen,
		Remedy: notServedRemedy, Err: err,
	}
}

// wait returns when the settings are other ones, or ctx ends.
func (s *Server) wait(ctx context.Context, now config.Metrics) {
	for ctx.Err() == nil && s.Settings() == now {
		s.pause(ctx)
	}
}

func (s *Server) pause(ctx context.Context) {
	again := time.NewTimer(retryEvery)
	defer again.Stop()
	select {
	case <-again.C:
	case <-s.poked:
	case <-ctx.Done():
	}
}

// serve answers until the settings change or ctx ends.
func (s *Server) serve(ctx context.Context, c config.Metrics) error {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout, WriteTimeout: answerTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.become(listener.Addr().String(), nil)
	s.Log.Info("figures are served", "listen", listener.Addr().String())
	done := make(chan error, 1)
	go func() {
		err := server.Serve(netutil.LimitListener(listener, maxConns))
		cancel()
		done <- err
	}()
	s.wait(ctx, c)
	s.become("", nil)
	grace, end := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer end()
	if server.Shutdown(grace) != nil {
		_ = server.Close()
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, s.Figures)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "this is not a name of this computer: ask for 127.0.0.1 or localhost", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a host, with a port or without, is a name of loopback. A name that somebody points here is none.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
