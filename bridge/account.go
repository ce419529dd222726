package bridge

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

const (
	settingPaused  = "paused"
	settingAccount = "account/"
	// greetRetry is the wait between attempts to learn who a channel's account is.
	greetRetry = 30 * time.Second
)

// Account returns whom a channel speaks for, as far as X has told; the zero value when it has not.
func (b *Bridge) Account(channel string) Account { return b.accounts.get(channel) }

// accounts remembers which X account each channel speaks for, and how Motion answered last. It is safe for
// concurrent use.
type accounts struct {
	mu     sync.RWMutex
	known  map[string]Account
	keys   map[string]string // those with which X told so
	x      map[string]sideState
	motion map[string]sideState
}

// sideState is the last thing known of a side; the zero value says nothing was asked yet.
type sideState struct {
	at      time.Time // since when it has been so
	failure *Failure
}

func newAccounts() *accounts {
	return &accounts{known: map[string]Account{}, keys: map[string]string{}, x: map[string]sideState{}, motion: map[string]sideState{}}
}

func (a *accounts) get(channel string) Account {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.known[channel]
}

func (a *accounts) keysOf(channel string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.keys[channel]
}

func (a *accounts) set(channel string, account Account, keys string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known[channel], a.keys[channel] = account, keys
}

func (a *accounts) note(side Side, channel string, at time.Time, err error) {
	state := sideState{at: at}
	if err != nil {
		f := failureFrom(AsError(err))
		state.failure = &f
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	of := a.motion
	if side == SideX {
		of = a.x
	}
	if before := of[channel]; before.isLike(state) {
		state.at = before.at
	}
	of[channel] = state
}

// isLike reports whether the side was well, or in the same kind of trouble, before too.
func (s sideState) isLike(now sideState) bool {
	switch {
	case s.at.IsZero():
		return false
	case s.failure == nil || now.failure == nil:
		return s.failure == now.failure
	}
	return s.failure.Kind == now.failure.Kind
}

func (a *accounts) state(side Side, channel string) sideState {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if side == SideX {
		return a.x[channel]
	}
	return a.motion[channel]
}

// route finds the channel that an event is for, among those of the app that signed it. While a channel's guard holds,
// it takes what may be for the account whose keys it has got too: that is kept with it until it is settled whose it is.
func (b *Bridge) route(channels []string, e *Event) (string, bool) {
	var unknown, doubtful, strange []string
	for _, name := range channels {
		if b.channels[name] == nil {
			continue
		}
		guard := b.channels[name].guarded()
		switch own := b.accounts.get(name).ID; {
		case own == "":
			unknown = append(unknown, name)
		case e.ForUser == own:
			return name, true
		case guard.stranger.ID != "" && e.ForUser == guard.stranger.ID:
			strange = append(strange, name) // unless it is another channel's own
		case guard.isDoubtful():
			doubtful = append(doubtful, name)
		}
	}
	if e.ForUser == "" && b.channels[channels[0]] != nil {
		return channels[0], true // unreadable: it has to be shown somewhere
	}
	// Until X has told who a channel is, a single such channel takes what no other one does.
	switch {
	case len(strange) > 0:
		return strange[0], true
	case len(unknown) == 1:
		return unknown[0], true
	case len(unknown) == 0 && len(doubtful) > 0:
		return doubtful[0], true
	}
	return "", false
}

// mustWaitForAccounts reports whether an event may be for one of several channels that X has not named yet.
func (b *Bridge) mustWaitForAccounts(channels []string, events []Event) bool {
	unnamed := 0
	for _, name := range channels {
		if b.channels[name] != nil && b.accounts.get(name).ID == "" {
			unnamed++
		}
	}
	return unnamed > 1 && slices.ContainsFunc(events, func(e Event) bool {
		_, ok := b.route(channels, &e)
		return !ok
	})
}

// revoked closes X's lanes of the channels whose user took the access back.
func (b *Bridge) revoked(channels []string, user string) {
	for _, name := range channels {
		if id := b.accounts.get(name).ID; user != "" && id != "" && id != user {
			continue
		}
		for _, lane := range LanesOf(name) {
			if lane.Side() == SideX {
				b.gates.failed(lane, b.gates.turn(lane), revokedError(), b.now())
			}
		}
		b.accounts.note(SideX, name, b.now(), revokedError())
		b.log.Error("access to x revoked", keyChannel, name)
	}
}

// remembered is what the journal keeps of a channel's account, in one value so that the two never disagree.
type remembered struct {
	Account
	// Keys is Channel.Keys of when X told who the account is.
	Keys string `json:"keys,omitempty"`
}

// loadAccount reads who the channel is, and shuts its lanes towards X when it has got other keys since.
func (b *Bridge) loadAccount(ctx context.Context, s *slot) error {
	ch := s.now.Load()
	value, err := b.journal.Setting(ctx, settingAccount+ch.Name)
	if err != nil || value == "" {
		return err
	}
	var kept remembered
	if json.Unmarshal([]byte(value), &kept) == nil {
		b.accounts.set(ch.Name, kept.Account, kept.Keys)
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if b.mustAsk(ch) {
		b.hold(s, guard{why: doubtfulError(ch.Name, nil)})
	}
	return nil
}

// remember keeps whom the channel speaks for, and with which keys.
func (b *Bridge) remember(ctx context.Context, ch *Channel, account Account) error {
	if account == b.accounts.get(ch.Name) && ch.Keys == b.accounts.keysOf(ch.Name) {
		return nil
	}
	value, _ := json.Marshal(remembered{account, ch.Keys}) // plain values only: cannot fail
	if err := b.journal.SetSetting(ctx, settingAccount+ch.Name, string(value)); err != nil {
		return err
	}
	b.accounts.set(ch.Name, account, ch.Keys)
	return nil
}

// checkX asks X who the channel is, which proves the keys too, and remembers the answer. What it asked with keys that
// were replaced meanwhile says nothing. An error may say that the keys are another account's.
func (b *Bridge) checkX(ctx context.Context, name string) error {
	s := b.channels[name]
	asked := b.channel(name)
	account, err := asked.X.Me(ctx)
	s.turn.Lock()
	isOld := b.isOutdated(asked, SideX)
	if !isOld {
		err = b.answered(ctx, s, account, err)
	}
	s.turn.Unlock()
	switch {
	case isOld:
		return b.checkX(ctx, name)
	case err != nil:
		return err
	case !account.CanWrite:
		return readOnlyError(name)
	case !account.CanDM:
		return noDMError(name)
	}
	return nil
}

func (b *Bridge) checkMotion(ctx context.Context, name string) error {
	asked := b.channel(name)
	_, err := asked.Motion.Check(ctx)
	if b.isOutdated(asked, SideMotion) {
		return b.checkMotion(ctx, name)
	}
	b.accounts.note(SideMotion, name, b.now(), err)
	return err
}

// greet asks both sides of every channel once, and X again until it has told who the channel is; and anew whenever a
// side got another client.
func (b *Bridge) greet(ctx context.Context) {
	var all sync.WaitGroup
	for _, name := range b.order {
		slot := b.channels[name]
		all.Go(func() { eachTime(ctx, slot.newX, func() { b.greetX(ctx, name, slot.newX) }) })
		all.Go(func() { eachTime(ctx, slot.newMotion, func() { b.greetMotion(ctx, name) }) })
	}
	all.Wait()
}

// eachTime does it once, and again whenever woken, until ctx ends.
func eachTime(ctx context.Context, woken <-chan struct{}, do func()) {
	for ctx.Err() == nil {
		do()
		select {
		case <-woken:
		case <-ctx.Done():
		}
	}
}

func (b *Bridge) greetMotion(ctx context.Context, name string) {
	if err := b.checkMotion(ctx, name); err != nil && ctx.Err() == nil {
		b.log.Warn("motion check failed", keyChannel, name, keyError, err)
	}
}

func (b *Bridge) greetX(ctx context.Context, name string, again <-chan struct{}) {
	for ctx.Err() == nil {
		err := b.checkX(ctx, name)
		if err == nil {
			b.log.Info("x account confirmed", keyChannel, name, "handle", b.accounts.get(name).Handle)
			return
		}
		if ctx.Err() != nil {
			return
		}
		b.log.Warn("x check failed", keyChannel, name, keyError, err)
		if b.channels[name].guarded().stranger.ID != "" {
			return // asking again changes nothing; people do, and then it is woken
		}
		pauseOr(ctx, greetRetry, again)
	}
}
