package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/app/settings"
	"perch/app/version"
	"perch/bridge"
	"perch/bridge/postlen"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
	"perch/bridge/webhook"
	"perch/bridge/xapi/payload"
)

// relayOptions is what a relay is made of.
type relayOptions struct {
	home    config.Home
	config  *config.Config
	secrets secret.Store
	// also gets the log lines beside the file; nil for nobody.
	also io.Writer
	// ready is called once with the address that the relay listens on.
	ready func(address string)
	// asDemo is called when a client stops the relay of a demo; nil for one that is none.
	asDemo func()
	// reload asks for a reload; nil when nobody does but the control API.
	reload <-chan os.Signal
}

// relay is one running relay. Whatever newRelay has opened, run closes.
type relay struct {
	relayOptions
	log     *slog.Logger
	book    *logbook
	lock    *os.File
	journal *sqlite.Store
	health  *bridge.Health // the journal, watched
	now     atomic.Pointer[setup]
	bridge  *bridge.Bridge
	handler *webhook.Handler
	ways    *ways
	tokens  map[string]string
	salt    string
	reloads *reloads
	replies *replyWatch
	public  net.Listener
	control net.Listener
	started time.Time
	stop    context.CancelFunc
}

// runRelay runs a relay until ctx ends or somebody stops it.
func runRelay(ctx context.Context, o relayOptions) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &relay{relayOptions: o, started: time.Now(), stop: stop}
	defer r.close()
	if err := r.open(ctx); err != nil {
		return err
	}
	return r.run(ctx)
}

// open takes the lock, reads the secrets and opens the journal; the vault's deliberate slowness and the journal's
// check go side by side.
func (r *relay) open(ctx context.Context) error {
	if err := r.home.Make(); err != nil {
		return err
	}
	var err error
	if r.lock, err = takeLock(r.home.Lock()); err != nil {
		return err
	}
	r.book = newLogbook(r.logPath(), r.config.LogLevel, r.also)
	r.log = r.book.Logger
	first := &setup{config: r.config}
	var secretErr error
	var reading sync.WaitGroup
	reading.Go(func() { first.values, secretErr = adapter.ReadSecrets(ctx, r.secrets, r.config) })
	r.journal, err = sqlite.Open(ctx, r.home.Journal(), r.log)
	reading.Wait()
	if err := errors.Join(err, secretErr); err != nil {
		return err
	}
	r.health = bridge.Watch(r.journal, r.log, nil)
	r.book.hide(valuesOf(first.values))
	r.now.Store(first)
	return nil
}

func (r *relay) logPath() string {
	if r.config.LogFile != "" {
		return r.config.LogFile
	}
	return r.home.Log()
}

func valuesOf(secrets map[secret.Key]string) []string {
	var values []string
	for _, v := range secrets {
		values = append(values, v)
	}
	return values
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
	server := control.NewServer(r.controlled(), r.log)
	server.HandleSettings(settings.Of(r.home, settings.Relay{
		Reloader: r.reloads, Secrets: r.secrets, SecretsKind: r.config.Secrets, Log: r.log,
		PublicURL: func() string { return r.reach().PublicURL },
	}))
	start(func() error { return r.reloads.run(ctx, r.reload) })
	server.HandleReplyURLs(r)
	start(func() error { return r.bridge.Run(ctx) })
	start(func() error { return r.ways.run(ctx) })
	start(func() error { return r.replies.run(ctx) })
	start(func() error { return r.journal.RunPruner(ctx) })
	start(func() error { return webhook.Serve(ctx, r.public, r.handler, r.log) })
	start(func() error { return server.Serve(ctx, r.control) })
	debug.FreeOSMemory() // opening the vault takes 32 MB on purpose; they are not needed again
	r.log.Info("relay started", "listen", r.address(), "version", version.Number, "took_ms", time.Since(r.started).Milliseconds())
	if r.ready != nil {
		r.ready(r.address())
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

// build makes the bridge out of its parts and opens both doors.
func (r *relay) build(ctx context.Context) error {
	var err error
	if r.tokens, err = replyTokens(ctx, r.health, r.config); err != nil {
		return err
	}
	if r.salt, err = keySalt(ctx, r.health); err != nil {
		return err
	}
	s := r.setup()
	s.clients = makeClients(s.config, s.values, r.health, r.log)
	for _, c := range s.clients {
		if err := c.quota.Load(ctx); err != nil {
			return err
		}
	}
	r.bridge = bridge.New(bridge.Config{Channels: s.channels(r.salt), Journal: r.health, Log: r.log, Read: payload.Read, Measure: measure})
	if err := r.bridge.Prepare(ctx); err != nil {
		return err
	}
	for i, c := range s.clients {
		if name := s.config.Channels[i].Name; r.bridge.IsConfirmed(name) {
			c.x.Know(r.bridge.Account(name))
		}
	}
	r.handler = webhook.New(r.webhookConfig(s))
	r.ways = newWays(r)
	r.reloads = newReloads(r)
	r.replies = newReplyWatch(r)
	if r.public, err = listenPublic(ctx, r.config.Listen); err != nil {
		return err
	}
	if err := r.home.Make(); err != nil { // a relay that ended in the meantime has taken its folder along
		return err
	}
	r.control, err = control.Listen(ctx, r.home.Socket())
	return err
}

// setup is what the relay works with now; nil before it has read its secrets.
func (r *relay) setup() *setup { return r.now.Load() }

func measure(text string) (int, bool) {
	m := postlen.Measure(text)
	return m.Weighted, m.Valid
}

func listenPublic(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start relay", Message: "Perch cannot listen on " + address,
			Remedy: "is another program (the old Twitter plugin?) using the port? Stop it, or change listen in perch.toml", Err: err,
		}
	}
	return l, nil
}

func (r *relay) close() {
	if r.public != nil {
		_ = r.public.Close()
	}
	if r.control != nil {
		_ = r.control.Close()
	}
	if s := r.setup(); s != nil {
		s.close()
	}
	if r.journal != nil {
		if err := r.journal.Close(); err != nil {
			r.log.Error("journal close failed", "error", err)
		}
	}
	if r.book != nil {
		_ = r.book.file.Close()
	}
	if r.lock != nil {
		r.home.Leave()
		_ = r.lock.Close()
	}
}

func (r *relay) controlled() control.Relay {
	return control.Relay{
		Bridge: r.bridge, Listen: r.address, Reach: r.reach, Version: version.Number, Started: r.started, Stop: r.stopAsked, Demo: r.asDemo != nil,
		Poke:           func() { r.ways.poke(); r.reloads.poke(); r.replies.insist() },
		ReachIsTrouble: r.ways.isTrouble, Reload: r.reloads.Reload,
		URLs: r.urls, NotInUse: r.reloads.notInUse, ReplyURL: r.replies.link,
	}
}

// stopAsked ends the relay because a client asks for it.
func (r *relay) stopAsked() {
	if r.asDemo != nil {
		r.asDemo()
	}
	r.stop()
}

// reach says how X's events come in.
func (r *relay) reach() control.Reach { return r.ways.state() }
