package bridge

import (
	"context"
	"sync"
	"sync/atomic"
)

// slot holds what a channel works with now. The Channel in it is never changed but replaced as a whole, so that an
// attempt works from its beginning to its end with the clients that it began with.
type slot struct {
	now atomic.Pointer[Channel]
	// turn is held by whoever changes the Channel or its guard, so that both are always of the same keys.
	turn  sync.Mutex
	guard guard
	// newX and newMotion tell that a side got another client; each holds at most one signal.
	newX, newMotion chan struct{}
}

func newSlot(ch Channel) *slot {
	s := &slot{newX: make(chan struct{}, 1), newMotion: make(chan struct{}, 1)}
	s.now.Store(&ch)
	return s
}

// channel returns what the channel of that name works with now, or nil.
func (b *Bridge) channel(name string) *Channel {
	if s := b.channels[name]; s != nil {
		return s.now.Load()
	}
	return nil
}

// Adopt puts ch in the place of the channel of its name. Attempts under way end with the clients that they began with,
// all later ones use the new. A side that has got another client is asked at once whether it works, and what waited for
// the admin to mend something is tried. With other keys nothing is sent before X has told that they belong to the same
// account. A name that New was not told of is ignored.
func (b *Bridge) Adopt(ctx context.Context, ch Channel) {
	s := b.channels[ch.Name]
	if s == nil {
		return
	}
	old := b.swap(ctx, s, &ch)
	newX, newMotion := old.X != ch.X, old.Motion != ch.Motion
	if newX {
		signal(s.newX)
	}
	if newMotion {
		signal(s.newMotion)
	}
	if !newX && !newMotion {
		return
	}
	for _, lane := range LanesOf(ch.Name) {
		isTarget := (newX && lane.Side() == SideX) || (newMotion && lane.Side() == SideMotion)
		if isTarget {
			b.gates.hurry(b.now(), lane)
		}
		hasten := b.journal.HastenMended
		if isTarget && lane.Side() == SideMotion {
			hasten = b.journal.Hasten // a wrong address looks like an outage
		}
		if err := hasten(ctx, lane, b.now()); err != nil {
			b.log.Warn("hasten failed", keyLane, lane, keyError, err)
		}
	}
	signal(b.wake)
}

// swap puts ch into a slot, guarded if its keys ask for it, and returns what was there.
func (b *Bridge) swap(ctx context.Context, s *slot, ch *Channel) *Channel {
	s.turn.Lock()
	defer s.turn.Unlock()
	old := s.now.Swap(ch)
	switch {
	case old.X == ch.X:
	case b.mustAsk(ch):
		b.hold(s, guard{why: doubtfulError(ch.Name, nil)})
	default:
		b.letGo(ctx, s)
	}
	return old
}

// isOutdated reports whether a side of the channel has got another client since.
func (b *Bridge) isOutdated(ch *Channel, side Side) bool {
	now := b.channel(ch.Name)
	if side == SideX {
		return now.X != ch.X
	}
	return now.Motion != ch.Motion
}

// wasMended reports whether an error says nothing any more, because the client that met it was replaced meanwhile. X
// is not asked anew after an error in which it may have acted all the same.
func (j *job) wasMended(e *Error) bool {
	if (e.Side != SideX && e.Side != SideMotion) || !j.isOutdated(j.ch, e.Side) {
		return false
	}
	if e.Side == j.d.Lane.Side() {
		j.gates.hurry(j.now(), j.d.Lane)
	}
	return e.Kind == Operator || (e.Kind == Temporary && e.Side == SideMotion)
}
