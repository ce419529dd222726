package account

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
)

// Replace puts ch in the place of the channel of its name. Attempts under way end with the clients that they began with,
// all later ones use the new. A side that has got another client is asked at once whether it works, and what waited for
// the admin to mend something is tried. With other keys nothing is sent before X has told that they belong to the same
// account. A name that NewRegistry was not told of is ignored.
func (r *Registry) Replace(ctx context.Context, ch bridge.Channel) {
	e := r.channels[ch.Name]
	if e == nil {
		return
	}
	is := changeFrom(r.swap(ctx, e, &ch), &ch)
	if is.x || is.chat {
		e.newChat.Send()
	}
	if is.x {
		e.newX.Send()
	}
	if is.motion {
		e.newMotion.Send()
	}
	if is == (change{}) {
		return
	}
	for _, lane := range bridge.LanesOf(ch.Name) {
		r.tryAnew(ctx, lane, is)
	}
	r.wake.Send()
}

// change says what of a channel was replaced: the client of a side, or the keys of encrypted chat.
type change struct{ x, motion, chat bool }

func changeFrom(old, now *bridge.Channel) change {
	return change{
		x: old.X != now.X, motion: old.Motion != now.Motion,
		chat: old.Chat != now.Chat || old.ChatKeys.Fingerprint() != now.ChatKeys.Fingerprint() || old.ChatKeys.CanSign() != now.ChatKeys.CanSign(),
	}
}

// tryAnew makes what waits in a lane for the admin to mend something be tried now, and the lane itself where it leads to
// what was replaced.
func (r *Registry) tryAnew(ctx context.Context, lane bridge.Lane, is change) {
	isChat := is.chat && lane == bridge.LaneOf(lane.Channel(), bridge.Out, bridge.KindChat)
	if !is.x && !is.motion && !isChat {
		return
	}
	isTarget := isChat || (is.x && lane.Side() == bridge.SideX) || (is.motion && lane.Side() == bridge.SideMotion)
	if isTarget {
		r.breakers.Hurry(r.now(), lane)
	}
	hasten := r.journal.HastenMended
	if isTarget && lane.Side() == bridge.SideMotion {
		hasten = r.journal.Hasten // a wrong address looks like an outage
	}
	if err := hasten(ctx, lane, r.now()); err != nil {
		r.log.Warn("hasten failed", logkey.Lane, lane, logkey.Error, err)
	}
}

// swap puts ch into an entry, held if its keys ask for it, and returns what was there.
func (r *Registry) swap(ctx context.Context, e *entry, ch *bridge.Channel) *bridge.Channel {
	e.turn.Lock()
	defer e.turn.Unlock()
	old := e.now.Swap(ch)
	switch {
	case old.X == ch.X:
	case r.mustAsk(ch):
		r.hold(e, Hold{Why: doubtfulError(ch.Name, nil)})
	default:
		r.letGo(ctx, e)
	}
	return old
}
