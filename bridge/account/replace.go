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
	old := r.swap(ctx, e, &ch)
	newX, newMotion := old.X != ch.X, old.Motion != ch.Motion
	r.replaceChat(ctx, e, old, &ch)
	if newX {
		e.newX.Send()
	}
	if newMotion {
		e.newMotion.Send()
	}
	if !newX && !newMotion {
		return
	}
	for _, lane := range bridge.LanesOf(ch.Name) {
		isTarget := (newX && lane.Side() == bridge.SideX) || (newMotion && lane.Side() == bridge.SideMotion)
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
	r.wake.Send()
}

// replaceChat tells of what is new for encrypted chat, and tries what waited for other keys.
func (r *Registry) replaceChat(ctx context.Context, e *entry, old, ch *bridge.Channel) {
	newKeys := old.ChatKeys.Fingerprint() != ch.ChatKeys.Fingerprint() || old.ChatKeys.CanSign() != ch.ChatKeys.CanSign()
	if old.X != ch.X || old.Chat != ch.Chat || newKeys {
		e.newChat.Send()
	}
	if !newKeys {
		return
	}
	lane := bridge.LaneOf(ch.Name, bridge.Out, bridge.KindChat)
	r.breakers.Hurry(r.now(), lane)
	if err := r.journal.HastenMended(ctx, lane, r.now()); err != nil {
		r.log.Warn("hasten failed", logkey.Lane, lane, logkey.Error, err)
	}
	r.wake.Send()
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
