package supervisor

import (
	"context"
	"errors"
	"sync"

	"perch/app/adapter"
	"perch/app/backup"
	"perch/app/lockfile"
	"perch/app/logging"
	"perch/app/metrics"
	"perch/bridge/health"
	"perch/bridge/sqlite"
)

// open takes the lock, reads the secrets and opens the journal; the vault's deliberate slowness and the journal's
// check go side by side.
func (r *relay) open(ctx context.Context) error {
	if err := r.Home.Enter(); err != nil {
		return err
	}
	var err error
	if r.lock, err = lockfile.Take(r.Home.Lock()); err != nil {
		return err
	}
	if err := backup.CheckPending(r.Home, "start relay"); err != nil {
		return err // perch start finishes it; what was read of perch.toml may be of before it
	}
	backup.Tidy(r.Home)
	r.log = logging.New(r.logPath(), r.Config.LogLevel, r.LogTo)
	first := &setup{config: r.Config}
	var secretErr error
	var reading sync.WaitGroup
	reading.Go(func() { first.values, secretErr = adapter.ReadSecrets(ctx, r.Secrets, r.Config) })
	r.journal, err = sqlite.Open(ctx, r.Home.Journal(), r.log.Logger)
	reading.Wait()
	if err := errors.Join(err, secretErr); err != nil {
		return err
	}
	r.meter = metrics.NewMeter(r.Config.ChannelNames())
	r.journal.SetMeter(r.meter)
	r.health = health.Watch(r.journal, r.log.Logger, nil)
	r.log.Hide(valuesOf(first.values))
	r.current.Store(first)
	return nil
}

func (r *relay) logPath() string {
	if r.Config.LogFile != "" {
		return r.Config.LogFile
	}
	return r.Home.Log()
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
	if r.log != nil {
		_ = r.log.Close()
	}
	if r.lock != nil {
		r.Home.Leave()
		_ = r.lock.Close()
	}
}
