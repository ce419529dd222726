package account

import (
	"context"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
)

// askAgainAfter is the wait between attempts to learn who a channel's account is.
const askAgainAfter = 30 * time.Second

// Probe asks the side that a lane delivers to whether it works, at the least cost. isReplaced says that the side got
// another client meanwhile.
func (r *Registry) Probe(ctx context.Context, lane bridge.Lane) (isReplaced bool, err error) {
	asked := r.Channel(lane.Channel())
	if lane.Side() == bridge.SideX {
		err = r.checkX(ctx, lane.Channel())
		if err == nil && lane == bridge.LaneOf(lane.Channel(), bridge.Out, bridge.KindChat) && asked.Chat != nil {
			_, err = asked.Chat.ChatRecords(ctx, r.Account(lane.Channel()).ID) // X may want another login for it
		}
	} else {
		err = r.checkMotion(ctx, lane.Channel())
	}
	return r.IsReplaced(asked, lane.Side()), err
}

// checkX asks X who the channel is, which proves the keys too, and remembers the answer. What it asked with keys that
// were replaced meanwhile says nothing. An error may say that the keys are another account's.
func (r *Registry) checkX(ctx context.Context, name string) error {
	e := r.channels[name]
	asked := r.Channel(name)
	account, err := asked.X.Me(ctx)
	e.turn.Lock()
	isOld := r.IsReplaced(asked, bridge.SideX)
	if !isOld {
		err = r.answered(ctx, e, account, err)
	}
	e.turn.Unlock()
	switch {
	case isOld:
		return r.checkX(ctx, name)
	case err != nil:
		return err
	case !account.CanWrite:
		return readOnlyError(name)
	case !account.CanDM:
		return noDMError(name)
	}
	return nil
}

func (r *Registry) checkMotion(ctx context.Context, name string) error {
	asked := r.Channel(name)
	_, err := asked.Motion.Check(ctx)
	if r.IsReplaced(asked, bridge.SideMotion) {
		return r.checkMotion(ctx, name)
	}
	r.Note(bridge.SideMotion, name, r.now(), err)
	return err
}

// Run asks both sides of every channel once, and X again until it has told who the channel is; and anew whenever a
// side got another client. It ends with ctx.
func (r *Registry) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, name := range r.order {
		e := r.channels[name]
		all.Go(func() { eachTime(ctx, e.newX, func() { r.askX(ctx, name, e.newX) }) })
		all.Go(func() { eachTime(ctx, e.newMotion, func() { r.askMotion(ctx, name) }) })
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

func (r *Registry) askMotion(ctx context.Context, name string) {
	if err := r.checkMotion(ctx, name); err != nil && ctx.Err() == nil {
		r.log.Warn("motion check failed", logkey.Channel, name, logkey.Error, err)
	}
}

func (r *Registry) askX(ctx context.Context, name string, again <-chan struct{}) {
	for ctx.Err() == nil {
		err := r.checkX(ctx, name)
		if err == nil {
			r.log.Info("x account confirmed", logkey.Channel, name, "handle", r.Account(name).Handle)
			return
		}
		if ctx.Err() != nil {
			return
		}
		r.log.Warn("x check failed", logkey.Channel, name, logkey.Error, err)
		if r.Hold(name).Stranger.ID != "" {
			return // asking again changes nothing; people do, and then it is woken
		}
		wait.PauseOr(ctx, askAgainAfter, again)
	}
}

// MayAskMotion reports whether a look into Motion with a channel's credentials can do no harm: Motion has been asked
// with them before and does not refuse them, as far as is known. Motion locks users after some refusals.
func (r *Registry) MayAskMotion(channel string) bool {
	last := r.Last(bridge.SideMotion, channel)
	if last.At.IsZero() || (last.Failure != nil && last.Failure.Kind == bridge.Operator) {
		return false
	}
	for _, lane := range bridge.LanesOf(channel) {
		if blocked, ok := r.breakers.Blocked(lane); ok && lane.Side() == bridge.SideMotion && blocked.Failure.Kind == bridge.Operator {
			return false
		}
	}
	return true
}
