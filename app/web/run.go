package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

const (
	// lookEvery is how often sessions are looked at that may be over, and a place that was taken is tried again.
	lookEvery = 15 * time.Second
	// maxConns bounds the connections: a browser opens six.
	maxConns = 128
	// headerTimeout bounds who says nothing, bodyTimeout who says it slowly, idleTimeout who stays silent.
	headerTimeout, bodyTimeout, idleTimeout = 5 * time.Second, 30 * time.Second, 2 * time.Minute
	// maxHeader bounds a request's headers, in bytes.
	maxHeader = 16 << 10
	// stopGrace is how long answers under way may take when the page goes.
	stopGrace = time.Second
)

// Run serves while the settings say so, until ctx ends; it returns nil. A page that cannot be served is logged, told to whoever
// asks for a code, and tried again. Sessions end with the place that they began at: another program may listen there next.
func (s *Server) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		wanted := s.Settings()
		if !wanted.Enabled {
			s.become(nil, nil, nil)
			s.wait(ctx, wanted)
			continue
		}
		if err := s.serve(ctx, wanted); err != nil {
			if s.become(nil, nil, err) {
				s.Log.Error("page cannot be served", "listen", wanted.Listen, "error", err)
			}
			s.pause(ctx)
		}
	}
	return nil
}

// become notes how it stands and reports whether that is news.
func (s *Server) become(l net.Listener, n *names, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	isNews := err != nil && (s.err == nil || s.err.Error() != err.Error())
	s.listener, s.names, s.err = l, n, err
	return isNews
}

func (s *Server) known() *names {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names
}

// wait returns when the settings are other ones, or ctx ends. Meanwhile it ends sessions that are over.
func (s *Server) wait(ctx context.Context, now config.Web) {
	for ctx.Err() == nil && s.Settings() == now {
		s.pause(ctx)
		s.gate.sweep()
		if n := s.known(); n != nil && n.certificate != nil {
			n.certificate.renew(s.Log)
		}
	}
}

func (s *Server) pause(ctx context.Context) {
	look := time.NewTimer(lookEvery)
	defer look.Stop()
	select {
	case <-look.C:
	case <-s.poked:
	case <-ctx.Done():
	}
}

// serve answers until the settings change or ctx ends.
func (s *Server) serve(ctx context.Context, c config.Web) error {
	listener, names, err := listen(ctx, c)
	if err != nil {
		return err
	}
	defer s.gate.forget()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler: s.protect(s.mux), ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.become(listener, names, nil)
	s.Log.Info("page is served", "listen", listener.Addr().String(), "tls", c.CertFile != "")
	done := make(chan error, 1)
	go func() {
		err := server.Serve(listener)
		cancel()
		done <- err
	}()
	s.wait(ctx, c)
	cancel()
	grace, end := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer end()
	if server.Shutdown(grace) != nil {
		_ = server.Close()
	}
	s.become(nil, nil, nil)
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return failed("the page has ended", "Perch tries again by itself", err)
	}
	return nil
}

func listen(ctx context.Context, c config.Web) (net.Listener, *names, error) {
	var own *certificate
	if c.CertFile != "" {
		var err error
		if own, err = loadCertificate(c.CertFile, c.KeyFile); err != nil {
			return nil, nil, err
		}
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, nil, failed("nothing can be served at "+c.Listen, "see what else listens there, or give web.listen in perch.toml another port", err)
	}
	l = netutil.LimitListener(l, maxConns)
	if own != nil {
		l = tls.NewListener(l, own.config()) // outside the limit: package http looks for it there
	}
	return l, &names{own}, nil
}

// WebCode implements control.WebBackend.
func (s *Server) WebCode(_ context.Context, r control.WebCodeRequest) (control.WebCode, error) {
	s.mu.Lock()
	listener, names, err := s.listener, s.names, s.err
	s.mu.Unlock()
	if err != nil {
		return control.WebCode{}, err
	}
	if !s.Settings().Enabled || listener == nil {
		return control.WebCode{}, offError()
	}
	page, err := s.files.Find()
	if err != nil {
		return control.WebCode{}, err
	}
	at := listener.Addr().String()
	user := anybody
	if r.OnlyUser != nil {
		user = *r.OnlyUser
	}
	text, ends := s.gate.makeCode(user)
	return control.WebCode{Address: fmt.Sprintf("%s/#%s", names.address(at), text), Listen: at, PageVersion: page.About.Version, ExpiresAt: ends}, nil
}

// address is that of the page, without a slash at the end.
func (n *names) address(at string) string {
	if n.certificate == nil {
		return "http://" + at
	}
	_, port, _ := net.SplitHostPort(at)
	leaf := n.certificate.now().Leaf
	host := leaf.Subject.CommonName
	if len(leaf.DNSNames) > 0 {
		host = leaf.DNSNames[0]
	} else if len(leaf.IPAddresses) > 0 {
		host = leaf.IPAddresses[0].String()
	}
	return "https://" + net.JoinHostPort(host, port)
}

// WebSessions implements control.WebBackend.
func (s *Server) WebSessions(context.Context) ([]control.WebSession, error) {
	return s.gate.list(), nil
}

// EndWebSession implements control.WebBackend.
func (s *Server) EndWebSession(_ context.Context, id string) (int, error) {
	n := s.gate.end(id)
	if n == 0 && id != "all" {
		return 0, failed("there is no session "+id, "perch web sessions shows those that there are", nil)
	}
	return n, nil
}

// withBody gives a request the body that was read of it.
func withBody(r *http.Request, body []byte) *http.Request {
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r
}

// CodeOff marks that the page is not served, or not yet.
const CodeOff = "web/off"

func offError() error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "serve the page", Code: CodeOff, Message: "the page is switched off",
		Remedy: "switch it on in perch.toml: [web] enabled = true, then: perch reload",
	}
}
