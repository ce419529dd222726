package tunnel

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"perch/bridge"
	"perch/bridge/logkey"
)

const (
	// firstWait and longestWait bound the pause before the next attempt.
	firstWait   = 500 * time.Millisecond
	longestWait = 30 * time.Second
	// failedWait is the pause when a person has to act: long, so that no server bans Perch for its wrong key.
	failedWait = 5 * time.Minute
	// steadyAfter is how long a link has to last before the pauses begin anew.
	steadyAfter = 30 * time.Second
	// watchEvery is how often the files are looked at whose change ends a pause.
	watchEvery = time.Second
	// grace is how long requests under way may take when the tunnel closes.
	grace = 10 * time.Second
)

// core is what all kinds share: the state, the wish to try at once, and the goroutines to wait for.
type core struct {
	log  *slog.Logger
	name string
	wake chan struct{}
	work sync.WaitGroup
	// patience is the pause when a person has to act.
	patience time.Duration

	mu    sync.Mutex
	state State
}

func newCore(name, publicURL string, log *slog.Logger) *core {
	return &core{
		log: log.With("tunnel", name), name: name, wake: make(chan struct{}, 1), patience: failedWait,
		state: State{State: Connecting, PublicURL: publicURL, Detail: "not opened yet"},
	}
}

// State implements Tunnel.
func (c *core) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Retry implements Tunnel.
func (c *core) Retry() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Go runs f in a goroutine that Wait waits for.
func (c *core) Go(f func()) { c.work.Go(f) }

// Wait implements Tunnel.
func (c *core) Wait() { c.work.Wait() }

func (c *core) set(next State) {
	c.mu.Lock()
	old := c.state
	if next.PublicURL == "" {
		next.PublicURL = old.PublicURL
	}
	next.Since = time.Now()
	if old.State == next.State {
		next.Since = old.Since
	}
	c.state = next
	c.mu.Unlock()
	if old.State != next.State || old.Code != next.Code {
		c.tell(next)
	}
}

// tell logs a change once; the same trouble again is not news.
func (c *core) tell(s State) {
	if s.State == Degraded || s.State == Failed {
		c.log.Warn("tunnel in trouble", "state", s.State, "detail", s.Detail, "remedy", s.Remedy, "code", s.Code)
		return
	}
	c.log.Info("tunnel changed", "state", s.State, "detail", s.Detail)
}

func (c *core) opening() { c.set(State{State: Connecting, Detail: "connecting"}) }

func (c *core) closed() { c.set(State{State: Connecting, Detail: "closed"}) }

func (c *core) up(publicURL, detail string) {
	c.set(State{State: Connected, PublicURL: publicURL, Detail: detail})
}

// down reports trouble: an Operator error needs a person, anything else may pass.
func (c *core) down(e *bridge.Error, retryAt time.Time) {
	state := State{State: Degraded, Detail: e.Message, Remedy: e.Remedy, Code: e.Code, RetryAt: retryAt}
	if e.Kind == bridge.Operator {
		state.State = Failed
	}
	c.set(state)
}

// keep makes attempt after attempt until ctx ends. An attempt lasts as long as its link. watch describes what a person
// would change to repair a failure; a change of it ends the pause.
func (c *core) keep(ctx context.Context, attempt func(context.Context) error, watch func() string) {
	pace := newPace(firstWait, longestWait)
	c.opening()
	for ctx.Err() == nil {
		begun, seen := time.Now(), watch()
		err := attempt(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(begun) > steadyAfter {
			pace.Reset()
		}
		trouble := c.trouble(err)
		wait := pace.NextBackOff()
		repaired := func() bool { return false }
		if trouble.Kind == bridge.Operator {
			wait = c.patience
			repaired = func() bool { return watch() != seen }
		}
		c.log.Debug("attempt ended", logkey.Error, trouble, "wait", wait)
		c.down(trouble, time.Now().Add(wait))
		c.pause(ctx, wait, repaired)
	}
	c.closed()
}

// trouble makes sure that whatever ended an attempt has words.
func (c *core) trouble(err error) *bridge.Error {
	var e *bridge.Error
	if errors.As(err, &e) {
		return e
	}
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "keep the tunnel open", Message: c.name + " ended without a reason", Err: err,
	}
}

// pause waits until the time is up, Retry is called, repaired says so, or ctx ends.
func (c *core) pause(ctx context.Context, wait time.Duration, repaired func() bool) {
	timer, ticker := time.NewTimer(wait), time.NewTicker(watchEvery)
	defer timer.Stop()
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-c.wake:
			return
		case <-ticker.C:
			if repaired() {
				return
			}
		}
	}
}

// newPace returns pauses that double from about first up to most, spread by half, so that a crowd of Perches does not
// come back at once.
func newPace(first, most time.Duration) *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(first), backoff.WithMaxInterval(most*2/3), backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(0.5), backoff.WithMaxElapsedTime(0),
	)
}
