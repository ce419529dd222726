package app

import (
	"context"
	"os"
	"sync/atomic"
	"time"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

const (
	// reloadPatience bounds a reload, askPatience the wait for one; clients of the control API wait 15 s.
	reloadPatience = 12 * time.Second
	askPatience    = 14 * time.Second
	// ownerPatience bounds the question whose keys new ones are.
	ownerPatience = 8 * time.Second
	// ownerRetry is the wait before X is asked again that did not answer.
	ownerRetry = 30 * time.Second
)

// reloads takes changed settings and secrets over into a running relay, one change after another. No message is lost
// or repeated by that: each attempt and each request ends with what it began with.
type reloads struct {
	relay *relay
	asks  chan chan<- reloaded
	poked chan struct{} // asks for pending now; holds at most one signal

	refused atomic.Pointer[map[string]string] // why stored keys are not in use, by channel

	// The rest is of the goroutine in run.
	pending bool      // X has to be asked again about stored keys
	notYet  time.Time // when X lets itself be asked again
	told    string    // what the log was told last that is not in use
	failed  string    // the last error of a reload that was tried again
}

// reloaded is what came of a reload.
type reloaded struct {
	taken control.Taken
	err   error
}

// wanted is what a relay is to work with.
type wanted struct {
	config *config.Config
	values map[secret.Key]string
}

func newReloads(r *relay) *reloads {
	return &reloads{relay: r, asks: make(chan chan<- reloaded), poked: make(chan struct{}, 1)}
}

// run reloads whenever asked to, and tries again what could not be decided, until ctx ends; it returns nil.
func (l *reloads) run(ctx context.Context, signals <-chan os.Signal) error {
	retry := time.NewTicker(ownerRetry)
	defer retry.Stop()
	for {
		select {
		case answer := <-l.asks:
			taken, err := l.now(ctx)
			answer <- reloaded{taken, err}
		case <-signals:
			_, _ = l.now(ctx) // logs what came of it
		case <-retry.C:
			l.again(ctx)
		case <-l.poked:
			l.again(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// poke makes what could not be decided be tried again at once.
func (l *reloads) poke() {
	select {
	case l.poked <- struct{}{}:
	default:
	}
}

// Reload implements settings.Reloader: it reads perch.toml and the secrets and takes over what it can. What has begun is ended, also when nobody waits
// for it any more. An error says that nothing was changed, or that it is not known yet.
func (l *reloads) Reload(ctx context.Context) (control.Taken, error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	answer := make(chan reloaded, 1)
	select {
	case l.asks <- answer:
	case <-ctx.Done():
		return control.Taken{}, busyError()
	}
	select {
	case r := <-answer:
		return r.taken, r.err
	case <-ctx.Done():
		return control.Taken{}, busyError()
	}
}

// Preview implements settings.Reloader. X is not asked.
func (l *reloads) Preview(c *config.Config) control.Taken {
	running := l.relay.setup().config
	return change.Summary(running, change.Applicable(running, c), c)
}

// notInUse says why stored keys of a channel are not in use; "" when they are.
func (l *reloads) notInUse(channel string) string {
	if refused := l.refused.Load(); refused != nil {
		return (*refused)[channel]
	}
	return ""
}

func (l *reloads) now(ctx context.Context) (control.Taken, error) {
	taken, err := l.try(ctx)
	if err != nil {
		l.relay.log.Error("reload failed", "error", err)
		return taken, err
	}
	l.tell(taken, false)
	return taken, nil
}

// again reloads when X could not be asked about keys the last time, but for its rate limits. The log is told what is
// new by it.
func (l *reloads) again(ctx context.Context) {
	if !l.pending || time.Now().Before(l.notYet) {
		return
	}
	taken, err := l.try(ctx)
	if err == nil {
		l.failed = ""
		l.tell(taken, true)
		return
	}
	if why := err.Error(); why != l.failed {
		l.failed = why
		l.relay.log.Error("reload failed", "error", err)
	}
}

// try takes over what is stored now. An error says that nothing was changed.
func (l *reloads) try(ctx context.Context) (control.Taken, error) {
	ctx, cancel := context.WithTimeout(ctx, reloadPatience)
	defer cancel()
	to, err := l.read(ctx)
	if err != nil {
		return control.Taken{}, err
	}
	return l.takeOver(ctx, to), nil
}

// read reads what the relay is to work with. Secrets that are said to be in the other store are so for the next start.
func (l *reloads) read(ctx context.Context) (*wanted, error) {
	running := l.relay.setup()
	c, err := config.Load(l.relay.home.Config())
	if err != nil {
		return nil, err
	}
	if c.Secrets != running.config.Secrets {
		return &wanted{c, running.values}, nil
	}
	values, err := adapter.ReadSecrets(ctx, l.relay.secrets, running.config)
	return &wanted{c, values}, err
}

func busyError() error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "reload", Message: "the relay is still taking over the change before",
		Remedy: "wait a little, then: perch reload",
	}
}
