package chat

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
)

const (
	// maxWishes bounds what a room is told before it gets to it; after that it looks through everything.
	maxWishes = 200
	// lookPause is how long a gap in a conversation does not make it look once more; the next pass does.
	lookPause = 2 * time.Minute
)

// wish is something that a room is told to do.
type wish struct {
	// conversation is what it is about, in any form; "" for all.
	conversation string
	// isLook asks X for its events; otherwise what waits for a key is tried.
	isLook bool
	// heard is an event that nobody gets.
	heard *bridge.Sealed
}

func (m *room) tell(w wish) {
	m.mu.Lock()
	if len(m.wishes) < maxWishes {
		m.wishes = append(m.wishes, w)
	} else {
		m.wishes[0] = wish{isLook: true}
	}
	m.mu.Unlock()
	m.asked.Send()
}

// mayLook reports whether a gap in a conversation may make it look now.
func (m *room) mayLook(id xchat.ConversationID, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.looked[id]) < lookPause {
		return false
	}
	m.looked[id] = now
	return true
}

// fulfil does what the room was told, and reports whether all conversations are to be looked through.
func (r *Rooms) fulfil(ctx context.Context, m *room) (all bool) {
	m.mu.Lock()
	wishes := m.wishes
	m.wishes = nil
	m.mu.Unlock()
	ch := r.Accounts.Channel(m.channel)
	if !r.enter(ctx, m) {
		return false
	}
	done := map[wish]bool{}
	for _, w := range wishes {
		if done[w] || ctx.Err() != nil {
			continue
		}
		done[w] = true
		all = all || (w.isLook && w.conversation == "")
		if err := r.grant(ctx, m, ch, w); err != nil && ctx.Err() == nil {
			r.Log.Warn("look at encrypted conversation failed", logkey.Channel, m.channel, "conversation", w.conversation, logkey.Error, err)
		}
	}
	return all
}

func (r *Rooms) grant(ctx context.Context, m *room, ch *bridge.Channel, w wish) error {
	switch {
	case w.heard != nil:
		return r.hear(ctx, m, ch, *w.heard)
	case w.conversation == "":
		return nil
	case w.isLook:
		return r.catchUpOne(ctx, m, ch, bridge.ChatConversation{ID: w.conversation})
	}
	id, err := xchat.ParseConversation(w.conversation, r.ownOf(m))
	if err == nil {
		r.openWaiting(ctx, m, id)
	}
	return nil
}

// hear learns a key that came along with what nobody gets, and how far the conversation is.
func (r *Rooms) hear(ctx context.Context, m *room, ch *bridge.Channel, s bridge.Sealed) error {
	for _, change := range changesIn(s) {
		id, isNew, err := r.learn(ctx, m, ch, change, xchat.Origin{Conversation: s.Conversation})
		if err != nil {
			return err
		}
		if isNew {
			r.openWaiting(ctx, m, id)
		}
	}
	peek, ok := xchat.Peek(s.Event)
	if ok && peek.What == xchat.PeekFailure {
		if f, ok := m.reader().Open(s.Event, xchat.Origin{Conversation: s.Conversation}).(*xchat.Failure); ok {
			return r.failedLater(ctx, m, ch, f)
		}
	}
	if ok && peek.Conversation != "" {
		r.follow(ctx, m, peek.Meta)
	}
	return nil
}

// changesIn are the changes of keys that an event brings along or is.
func changesIn(s bridge.Sealed) []string {
	var all []string
	if s.KeyChange != "" {
		all = append(all, s.KeyChange)
	}
	if peek, ok := xchat.Peek(s.Event); ok && peek.What == xchat.PeekKeyChange {
		all = append(all, s.Event)
	}
	return all
}
