package account

import (
	"sync"
	"time"

	"perch/bridge"
)

// memory remembers which X account each channel speaks for, and how Motion answered last. It is safe for
// concurrent use.
type memory struct {
	mu     sync.RWMutex
	known  map[string]bridge.Account
	keys   map[string]string // those with which X told so
	x      map[string]SideState
	motion map[string]SideState
}

// SideState is the last thing known of a side; the zero value says nothing was asked yet.
type SideState struct {
	At      time.Time // since when it has been so
	Failure *bridge.Failure
	// IsReached is set once the side has answered without an error.
	IsReached bool
}

func newMemory() *memory {
	return &memory{known: map[string]bridge.Account{}, keys: map[string]string{}, x: map[string]SideState{}, motion: map[string]SideState{}}
}

func (a *memory) get(channel string) bridge.Account {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.known[channel]
}

func (a *memory) keysOf(channel string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.keys[channel]
}

func (a *memory) set(channel string, account bridge.Account, keys string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known[channel], a.keys[channel] = account, keys
}

func (a *memory) note(side bridge.Side, channel string, at time.Time, err error) {
	state := SideState{At: at}
	if err != nil {
		f := bridge.FailureOf(bridge.AsError(err))
		state.Failure = &f
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	of := a.motion
	if side == bridge.SideX {
		of = a.x
	}
	before := of[channel]
	if before.isLike(state) {
		state.At = before.At
	}
	state.IsReached = before.IsReached || err == nil
	of[channel] = state
}

func (a *memory) state(side bridge.Side, channel string) SideState {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if side == bridge.SideX {
		return a.x[channel]
	}
	return a.motion[channel]
}

// isLike reports whether the side was well, or in the same kind of trouble, before too.
func (s SideState) isLike(now SideState) bool {
	switch {
	case s.At.IsZero():
		return false
	case s.Failure == nil || now.Failure == nil:
		return s.Failure == now.Failure
	}
	return s.Failure.Kind == now.Failure.Kind
}
