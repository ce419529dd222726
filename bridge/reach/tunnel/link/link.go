// Package link keeps the link of a tunnel up, whatever makes it.
//
// It guarantees that attempt follows attempt for as long as the tunnel is open, with pauses that spare the far end and
// end when a person has mended what they waited for; that every trouble has words, a code and what to do, and is logged
// once; and that a listener outlives the links that feed it.
package link

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/reach/tunnel"
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

// Keeper is what all kinds of tunnel share: the state, the wish to try at once, and the goroutines to wait for.
type Keeper struct {
	// Log is the tunnel's own: its lines carry the tunnel's name.
	Log  *slog.Logger
	name string
	wake chan struct{}
	work sync.WaitGroup
	// Patience is the pause when a person has to act.
	Patience time.Duration

	mu    sync.Mutex
	state tunnel.State
}

// New returns a keeper whose tunnel is not open yet. publicURL is empty while it is not known.
func New(name, publicURL string, log *slog.Logger) *Keeper {
	return &Keeper{
		Log: log.With("tunnel", name), name: name, wake: make(chan struct{}, 1), Patience: failedWait,
		state: tunnel.State{State: tunnel.Connecting, PublicURL: publicURL, Detail: "not opened yet"},
	}
}

// State implements tunnel.Tunnel.
func (k *Keeper) State() tunnel.State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

// Retry implements tunnel.Tunnel.
func (k *Keeper) Retry() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Go runs f in a goroutine that Wait waits for.
func (k *Keeper) Go(f func()) { k.work.Go(f) }

// Wait implements tunnel.Tunnel.
func (k *Keeper) Wait() { k.work.Wait() }

func (k *Keeper) set(next tunnel.State) {
	k.mu.Lock()
	old := k.state
	if next.PublicURL == "" {
		next.PublicURL = old.PublicURL
	}
	next.Since = time.Now()
	if old.State == next.State {
		next.Since = old.Since
	}
	k.state = next
	k.mu.Unlock()
	if old.State != next.State || old.Code != next.Code {
		k.tell(next)
	}
}

// tell logs a change once; the same trouble again is not news.
func (k *Keeper) tell(s tunnel.State) {
	if s.State == tunnel.Degraded || s.State == tunnel.Failed {
		k.Log.Warn("tunnel in trouble", "state", s.State, "detail", s.Detail, "remedy", s.Remedy, "code", s.Code)
		return
	}
	k.Log.Info("tunnel changed", "state", s.State, "detail", s.Detail)
}

// Opening reports that the first attempt is under way.
func (k *Keeper) Opening() { k.set(tunnel.State{State: tunnel.Connecting, Detail: "connecting"}) }

// Closed reports that the tunnel is not open any more.
func (k *Keeper) Closed() { k.set(tunnel.State{State: tunnel.Connecting, Detail: "closed"}) }

// Up reports that the link is up. An empty publicURL leaves the one that is known.
func (k *Keeper) Up(publicURL, detail string) {
	k.set(tunnel.State{State: tunnel.Connected, PublicURL: publicURL, Detail: detail})
}

// Down reports trouble: an Operator error needs a person, anything else may pass.
func (k *Keeper) Down(e *bridge.Error, retryAt time.Time) {
	state := tunnel.State{State: tunnel.Degraded, Detail: e.Message, Remedy: e.Remedy, Code: e.Code, RetryAt: retryAt}
	if e.Kind == bridge.Operator {
		state.State = tunnel.Failed
	}
	k.set(state)
}

// Keep makes attempt after attempt until ctx ends. An attempt lasts as long as its link. watch describes what a person
// would change to repair a failure; a change of it ends the pause.
func (k *Keeper) Keep(ctx context.Context, attempt func(context.Context) error, watch func() string) {
	pace := NewPace(firstWait, longestWait)
	k.Opening()
	for ctx.Err() == nil {
		begun, seen := time.Now(), watch()
		err := attempt(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(begun) > steadyAfter {
			pace.Reset()
		}
		trouble := k.Trouble(err)
		wait := pace.NextBackOff()
		repaired := func() bool { return false }
		if trouble.Kind == bridge.Operator {
			wait = k.Patience
			repaired = func() bool { return watch() != seen }
		}
		k.Log.Debug("attempt ended", logkey.Error, trouble, "wait", wait)
		k.Down(trouble, time.Now().Add(wait))
		k.Pause(ctx, wait, repaired)
	}
	k.Closed()
}

// Trouble makes sure that whatever ended an attempt has words.
func (k *Keeper) Trouble(err error) *bridge.Error {
	var e *bridge.Error
	if errors.As(err, &e) {
		return e
	}
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "keep the tunnel open", Message: k.name + " ended without a reason", Err: err,
	}
}

// Pause waits until the time is up, Retry is called, repaired says so, or ctx ends.
func (k *Keeper) Pause(ctx context.Context, wait time.Duration, repaired func() bool) {
	timer, ticker := time.NewTimer(wait), time.NewTicker(watchEvery)
	defer timer.Stop()
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-k.wake:
			return
		case <-ticker.C:
			if repaired() {
				return
			}
		}
	}
}

// NewPace returns pauses that double from about first up to most, spread by half, so that a crowd of Perches does not
// come back at once.
func NewPace(first, most time.Duration) *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(first), backoff.WithMaxInterval(most*2/3), backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(0.5), backoff.WithMaxElapsedTime(0),
	)
}
