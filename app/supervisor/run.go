package supervisor

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"perch/app/alarm"
	"perch/app/control"
	"perch/app/version"
	"perch/bridge/alert/send"
	"perch/bridge/webhook"
)

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
	var mu sync.Mutex
	var all error
	start := func(run func() error) {
		workers.Go(func() {
			err := run()
			if err != nil {
				r.leaveSocket()
				r.stop() // one part that fails ends the relay; a supervisor starts it anew
			}
			mu.Lock()
			defer mu.Unlock()
			all = errors.Join(all, err)
		})
	}
	reloads := newReloader(r)
	controlled := r.controlled(reloads)
	sender := send.New(nil)
	defer sender.Close()
	r.alarms = alarm.New(r.alarmConfig(controlled.Status, sender))
	server := r.controlServer(reloads, controlled)
	start(func() error { return reloads.run(ctx, r.Reload) })
	start(func() error { return r.engine.Run(ctx) })
	if r.Manager != nil {
		start(func() error { r.Manager.Run(ctx, alive{r, controlled.Status}); return nil })
	}
	start(func() error { return r.ingress.Run(ctx) })
	start(func() error { return r.replies.Run(ctx) })
	start(func() error { return r.updates.Run(ctx) })
	start(func() error { return r.backups.Run(ctx) })
	start(func() error { return r.alarms.Run(ctx) })
	start(func() error { return r.costMeter.Run(ctx) })
	start(func() error { return r.page.Run(ctx) })
	start(func() error { return r.figures.Run(ctx) })
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
	return all
}

// leaveSocket leaves the control socket behind: by that the tray tells a relay that died from one that was stopped.
func (r *relay) leaveSocket() {
	if socket, ok := r.control.(control.Socket); ok {
		socket.SetUnlinkOnClose(false)
	}
}
