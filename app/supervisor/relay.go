// Package supervisor runs the relay of one home: it builds the adapters, starts them beside the bridge, and applies changed
// settings while messages flow.
//
// It guarantees that one relay at most works on a home, that nothing is acknowledged after its journal has ended, that a
// part which fails ends the relay with its reason, and that whatever was opened is closed. A reload loses and repeats no
// message, changes all that it can or nothing, and never sends from another account than a message was meant for.
package supervisor

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/ingress"
	"perch/app/logging"
	"perch/app/replyurl/monitor"
	"perch/app/settings"
	"perch/app/version"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
	"perch/bridge/webhook"
)

// Options is what a relay is made of.
type Options struct {
	Home    config.Home
	Config  *config.Config
	Secrets secret.Store
	// LogTo gets the log lines beside the file; nil for nobody.
	LogTo io.Writer
	// Ready is called once with the address that the relay listens on; it may be nil.
	Ready func(address string)
	// DemoStopped is called when a client stops the relay of a demo; nil for one that is none.
	DemoStopped func()
	// Reload asks for a reload; nil when nobody does but the control API.
	Reload <-chan os.Signal
}

// relay is one running relay. Whatever open and build have opened, close closes.
type relay struct {
	Options
	log      *logging.Log
	lock     *os.File
	journal  *sqlite.Store
	health   *bridge.Health // the journal, watched
	current  atomic.Pointer[setup]
	bridge   *bridge.Bridge
	handler  *webhook.Handler
	ingress  *ingress.Ingress
	tokens   map[string]string
	salt     string
	reloader *reloader
	replies  *monitor.Monitor
	public   net.Listener
	control  net.Listener
	started  time.Time
	stop     context.CancelFunc
}

// Run runs a relay until ctx ends or somebody stops it.
func Run(ctx context.Context, o Options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &relay{Options: o, started: time.Now(), stop: stop}
	defer r.close()
	if err := r.open(ctx); err != nil {
		return err
	}
	return r.run(ctx)
}

// run works until ctx ends. The journal outlives everything that writes to it.
func (r *relay) run(ctx context.Context) error {
	writing, endWriting := context.WithCancel(context.WithoutCancel(ctx))
	var journal sync.WaitGroup
	var journalErr error
	journal.Go(func() { journalErr = r.journal.Run(writing) })
	err := r.work(ctx)
	endWriting()
	journal.Wait()
	return errors.Join(err, journalErr)
}

func (r *relay) work(ctx context.Context) error {
	if err := r.build(ctx); err != nil {
		return err
	}
	var workers sync.WaitGroup
	errs := make(chan error, 7)
	start := func(run func() error) {
		workers.Go(func() {
			err := run()
			if err != nil {
				r.leaveSocket()
				r.stop() // one part that fails ends the relay; a supervisor starts it anew
			}
			errs <- err
		})
	}
	server := control.NewServer(r.controlled(), r.log.Logger)
	server.HandleSettings(settings.Of(r.Home, settings.Relay{
		Reloader: r.reloader, Secrets: r.Secrets, SecretsKind: r.Config.Secrets, Log: r.log.Logger,
		PublicURL: func() string { return r.reach().PublicURL },
	}))
	start(func() error { return r.reloader.run(ctx, r.Reload) })
	server.HandleReplyURLs(r)
	start(func() error { return r.bridge.Run(ctx) })
	start(func() error { return r.ingress.Run(ctx) })
	start(func() error { return r.replies.Run(ctx) })
	start(func() error { return r.journal.RunPruner(ctx) })
	start(func() error { return webhook.Serve(ctx, r.public, r.handler, r.log.Logger) })
	start(func() error { return server.Serve(ctx, r.control) })
	debug.FreeOSMemory() // opening the vault takes 32 MB on purpose; they are not needed again
	r.log.Info("relay started", "listen", r.address(), "version", version.Number, "took_ms", time.Since(r.started).Milliseconds())
	if r.Ready != nil {
		r.Ready(r.address())
	}
	workers.Wait()
	r.log.Info("relay stopped")
	close(errs)
	var all error
	for err := range errs {
		all = errors.Join(all, err)
	}
	return all
}

// leaveSocket leaves the control socket behind: by that the tray tells a relay that died from one that was stopped.
func (r *relay) leaveSocket() {
	if socket, ok := r.control.(*net.UnixListener); ok {
		socket.SetUnlinkOnClose(false)
	}
}

func (r *relay) address() string { return r.public.Addr().String() }
