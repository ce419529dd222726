package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	// writeTimeout is longer than bridge.ReplyWait, which the answer to Motion may take.
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
	// maxHeader bounds a request's headers, in bytes.
	maxHeader = 16 << 10
	// stopGrace is how long requests under way may take when Perch stops.
	stopGrace = 9 * time.Second
)

// Serve answers requests on the listener until ctx ends, lets those under way finish, and returns nil.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	d := newBoundedListener(listener, log)
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ConnContext: withConn, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
		defer cancel()
		if server.Shutdown(grace) != nil {
			_ = server.Close()
		}
	})
	err := server.Serve(d)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	stop()
	return err
}
