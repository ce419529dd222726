package app

import (
	"context"
	"os"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

const (
	// reloadPatience bounds a reload; clients of the control API wait 15 s.
	reloadPatience = 13 * time.Second
	// ownerPatience bounds the question whose keys new ones are.
	ownerPatience = 8 * time.Second
	// ownerRetry is the wait before X is asked again that did not answer.
	ownerRetry = 30 * time.Second
)

// reloads takes changed settings and secrets over into a running relay, one change after another. No message is lost
// or repeated by that: each attempt and each request ends with what it began with.
type reloads struct {
	relay *relay
	turn  chan struct{} // holds one token while a change is taken over
	later chan *wanted  // holds at most one change about which X has to be asked again
	poked chan struct{} // asks for that now; holds at most one signal
}

// wanted is what a relay is to work with.
type wanted struct {
	config *config.Config
	values map[secret.Key]string
}

func newReloads(r *relay) *reloads {
	return &reloads{relay: r, turn: make(chan struct{}, 1), later: make(chan *wanted, 1), poked: make(chan struct{}, 1)}
}

// run reloads whenever asked to, and tries again what could not be decided, until ctx ends; it returns nil.
func (l *reloads) run(ctx context.Context, asked <-chan os.Signal) error {
	retry := time.NewTicker(ownerRetry)
	defer retry.Stop()
	for {
		select {
		case <-asked:
			_, _ = l.reload(ctx) // logs what came of it
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

// reload reads perch.toml and the secrets and takes over what it can. An error says that nothing was changed.
func (l *reloads) reload(ctx context.Context) (control.Taken, error) {
	ctx, cancel := context.WithTimeout(ctx, reloadPatience)
	defer cancel()
	if !l.begin(ctx) {
		return control.Taken{}, busyError()
	}
	defer l.end()
	to, err := l.read(ctx)
	if err != nil {
		l.relay.log.Error("reload failed", "error", err)
		return control.Taken{}, err
	}
	return l.takeOver(ctx, to), nil
}

// preview says what a reload would make of a configuration. X is not asked.
func (l *reloads) preview(c *config.Config) control.Taken {
	running := l.relay.setup().config
	return takenOf(running, follow(running, c), c)
}

// again repeats the last change when X could not be asked about it.
func (l *reloads) again(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, reloadPatience)
	defer cancel()
	if !l.begin(ctx) {
		return
	}
	defer l.end()
	select {
	case to := <-l.later:
		l.takeOver(ctx, to)
	default:
	}
}

func (l *reloads) begin(ctx context.Context) bool {
	select {
	case l.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (l *reloads) end() { <-l.turn }

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
	values, err := readSecrets(ctx, l.relay.secrets, running.config)
	return &wanted{c, values}, err
}

func busyError() error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "reload", Message: "the relay is still taking over the change before",
		Remedy: "wait a little, then: perch reload",
	}
}
