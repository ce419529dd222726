package control

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"perch/bridge"
)

const (
	// serverGrace is how long answers under way may take when the relay stops.
	serverGrace = time.Second
	// headerTimeout bounds a client that opens the socket and says nothing.
	headerTimeout = 5 * time.Second
)

// Server answers clients of one relay.
type Server struct {
	relay Relay
	log   *slog.Logger
	mux   *http.ServeMux
	own   *http.ServeMux // what only the owner of the socket gets, and all of mux
}

// Handler answers all that a browser may ask which is signed in: everything but who may sign in.
func (s *Server) Handler() http.Handler { return s.mux }

// Listen opens the door to the relay, for its owner only, and removes one that an earlier relay left. The caller holds the
// relay's lock. The listener is a Socket.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, socketError(path, err)
	}
	return listen(ctx, path)
}

// Socket is what Listen returns.
type Socket interface {
	// SetUnlinkOnClose decides whether Close removes what clients find the relay by. It does unless it was told not to.
	SetUnlinkOnClose(unlink bool)
}

func socketError(path string, err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open control socket", Message: "the socket " + path + " cannot be used",
		Remedy: "check that its folder belongs to you and is writable", Err: err,
	}
}

// Serve answers until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.own, ReadHeaderTimeout: headerTimeout, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serverGrace)
		defer cancel()
		if server.Shutdown(grace) != nil {
			_ = server.Close()
		}
	})
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	stop()
	return err
}
