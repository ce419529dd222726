package supervisor

import (
	"context"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

const (
	// reloadPatience bounds a reload, askPatience the wait for one; clients of the control API wait 15 s.
	reloadPatience = 12 * time.Second
	askPatience    = 14 * time.Second
	// ownerRetry is the wait before X is asked again that did not answer.
	ownerRetry = 30 * time.Second
)

// reloader applies changed settings and secrets to a running relay, one change after another. No message is lost
// or repeated by that: each attempt and each request ends with what it began with.
type reloader struct {
	relay *relay
	asks  chan chan<- reloaded
	poked chan struct{} // asks for what is pending now; holds at most one signal

	refused atomic.Pointer[map[string]*bridge.Error] // why stored keys are not in use, by channel

	// The rest is of the goroutine in run.
	isPending bool      // X has to be asked again about stored keys
	notYet    time.Time // when X lets itself be asked again
	logged    string    // what was logged last that is not in use
	failed    string    // the last error of a reload that was tried again
}

// reloaded is what came of a reload.
type reloaded struct {
	result control.ReloadResult
	err    error
}

func newReloader(r *relay) *reloader {
	return &reloader{relay: r, asks: make(chan chan<- reloaded), poked: make(chan struct{}, 1)}
}

// run reloads whenever asked to, and tries again what could not be decided, until ctx ends; it returns nil.
func (l *reloader) run(ctx context.Context, signals <-chan os.Signal) error {
	retry := time.NewTicker(ownerRetry)
	defer retry.Stop()
	for {
		select {
		case answer := <-l.asks:
			result, err := l.attempt(ctx)
			answer <- reloaded{result, err}
		case <-signals:
			_, _ = l.attempt(ctx) // logs what came of it
		case <-retry.C:
			l.retry(ctx)
		case <-l.poked:
			l.retry(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// poke makes what could not be decided be tried again at once.
func (l *reloader) poke() {
	select {
	case l.poked <- struct{}{}:
	default:
	}
}

// Reload implements settings.Reloader: it reads perch.toml and the secrets and applies what it can. What has begun is ended, also when nobody waits
// for it any more. An error says that nothing was changed, or that it is not known yet.
func (l *reloader) Reload(ctx context.Context) (control.ReloadResult, error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	answer := make(chan reloaded, 1)
	select {
	case l.asks <- answer:
	case <-ctx.Done():
		return control.ReloadResult{}, busyError()
	}
	select {
	case r := <-answer:
		return r.result, r.err
	case <-ctx.Done():
		return control.ReloadResult{}, busyError()
	}
}

// Preview implements settings.Reloader. X is not asked.
func (l *reloader) Preview(c *config.Config) control.ReloadResult {
	running := l.relay.setup().config
	return change.Summary(running, change.Applicable(running, c), c)
}

// notInUse says why stored keys of a channel are not in use; nil when they are.
func (l *reloader) notInUse(channel string) *bridge.Error {
	if refused := l.refused.Load(); refused != nil {
		return (*refused)[channel]
	}
	return nil
}

func (l *reloader) attempt(ctx context.Context) (control.ReloadResult, error) {
	defer l.relay.Manager.Reloading()()
	result, err := l.try(ctx)
	if err != nil {
		l.relay.log.Error("reload failed", "error", err)
		return result, err
	}
	l.logResult(result, false)
	return result, nil
}

// retry reloads when X could not be asked about keys the last time, but for its rate limits. Only what is new by it is
// logged.
func (l *reloader) retry(ctx context.Context) {
	if !l.isPending || time.Now().Before(l.notYet) {
		return
	}
	result, err := l.try(ctx)
	if err == nil {
		l.failed = ""
		l.logResult(result, true)
		return
	}
	if why := err.Error(); why != l.failed {
		l.failed = why
		l.relay.log.Error("reload failed", "error", err)
	}
}

// try applies what is stored now. An error says that nothing was changed.
func (l *reloader) try(ctx context.Context) (control.ReloadResult, error) {
	ctx, cancel := context.WithTimeout(ctx, reloadPatience)
	defer cancel()
	to, err := l.read(ctx)
	if err != nil {
		return control.ReloadResult{}, err
	}
	out := l.relay.apply(ctx, to)
	l.refused.Store(&out.refused)
	l.isPending, l.notYet = out.isPending, out.notYet
	return out.result, nil
}

// read reads what the relay is to work with. Secrets that are said to be in the other store are so for the next start.
func (l *reloader) read(ctx context.Context) (*wanted, error) {
	running := l.relay.setup()
	c, err := config.Load(l.relay.Home.Config())
	if err != nil {
		return nil, err
	}
	if c.Secrets != running.config.Secrets {
		return &wanted{c, running.values}, nil
	}
	needed := *running.config
	needed.Alerts = c.Alerts // the channels are those of the start, the alerts are not
	values, err := adapter.ReadSecrets(ctx, l.relay.Secrets, &needed)
	return &wanted{c, values}, err
}

func busyError() error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "reload", Message: "the relay is still taking over the change before",
		Remedy: "wait a little, then: perch reload",
	}
}

// logResult logs what became of a change; of one that is tried again only what is new.
func (l *reloader) logResult(t control.ReloadResult, isAgain bool) {
	open := strings.Join(t.RestartFields, " ")
	for _, p := range control.Distinct(t.Refused) {
		open += "\n" + p.Message
	}
	isNews := len(t.Applied) > 0 || open != l.logged || (!isAgain && open != "")
	l.logged = open
	if !isNews {
		return
	}
	l.relay.log.Info("settings reloaded", "applied", strings.Join(t.Applied, " "), "after_restart", strings.Join(t.RestartFields, " "))
	for _, p := range control.Distinct(t.Refused) {
		l.relay.log.Warn("keys not result over", "cause", p.Message)
	}
}
