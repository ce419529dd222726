package chat

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// flushAfter is how long what is new about places waits to be written: no message waits for it, and what a crash takes
// of it is fetched once more and dropped as known.
const flushAfter = 2 * time.Second

// heldPlace is how far a conversation is known; isDirty is set until that is written.
type heldPlace struct {
	bridge.ChatPlace
	isDirty bool
}

// place returns how far a conversation is known.
func (r *Rooms) place(ctx context.Context, m *room, id xchat.ConversationID) (bridge.ChatPlace, error) {
	m.mu.Lock()
	held, ok := m.places[id]
	m.mu.Unlock()
	if ok {
		return held.ChatPlace, nil
	}
	place, err := r.Journal.ChatPlace(ctx, m.channel, string(id))
	if err != nil {
		return place, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.makeRoom()
	if held, ok = m.places[id]; ok {
		return held.ChatPlace, nil
	}
	m.places[id] = heldPlace{ChatPlace: place}
	return place, nil
}

// makeRoom drops the places that are written when there are too many. The caller has the lock.
func (m *room) makeRoom() {
	if len(m.places) < maxRing {
		return
	}
	for id, p := range m.places {
		if !p.isDirty {
			delete(m.places, id)
		}
	}
}

// advance takes in what is newer about a place, which was asked for before. The caller has the lock.
func (m *room) advance(id xchat.ConversationID, to bridge.ChatPlace) {
	p := m.places[id]
	before := p.ChatPlace
	p.Conversation = string(id)
	if keys.CompareVersions(to.Sequence, p.Sequence) > 0 {
		p.Sequence = to.Sequence
	}
	if to.Token != "" {
		p.Token = to.Token
	}
	p.UpdatedAt = wait.Later(p.UpdatedAt, to.UpdatedAt)
	if p.ChatPlace != before {
		p.isDirty = true
		m.dirtied.Send()
	}
	m.places[id] = p
}

// write writes what is new about places, now and then, until ctx ends; and once more then.
func (r *Rooms) write(ctx context.Context, m *room) {
	for {
		select {
		case <-m.dirtied:
			wait.Pause(ctx, flushAfter)
			r.flush(context.WithoutCancel(ctx), m)
		case <-ctx.Done():
			r.flush(context.WithoutCancel(ctx), m)
			return
		}
	}
}

func (r *Rooms) flush(ctx context.Context, m *room) {
	m.mu.Lock()
	var dirty []bridge.ChatPlace
	for id, p := range m.places {
		if p.isDirty {
			dirty = append(dirty, p.ChatPlace)
			p.isDirty = false
			m.places[id] = p
		}
	}
	m.mu.Unlock()
	for _, p := range dirty {
		if err := r.Journal.KeepChatPlace(ctx, m.channel, p); err != nil {
			r.Log.Warn("place in chat not kept", logkey.Channel, m.channel, logkey.Error, err)
			return
		}
	}
}

// follow notes how far a conversation has come. An event that does not follow the one before points to a gap.
func (r *Rooms) follow(ctx context.Context, m *room, meta xchat.Meta) {
	if !isPlace(meta.SequenceID) {
		return
	}
	place, err := r.place(ctx, m, meta.Conversation)
	if err != nil {
		return
	}
	isGap := m.came(meta, place.Sequence)
	next := bridge.ChatPlace{Token: meta.Token}
	m.mu.Lock()
	if meta.PreviousID != "" && meta.PreviousID == m.places[meta.Conversation].Sequence { // only what follows without a gap
		next.Sequence = meta.SequenceID
		if ch := r.Accounts.Channel(m.channel); ch != nil && ch.Chat != nil {
			next.UpdatedAt = r.past(ch, meta.CreatedAt)
		}
	}
	m.advance(meta.Conversation, next)
	m.mu.Unlock()
	if isGap && m.mayLook(meta.Conversation, r.Now()) {
		m.tell(wish{conversation: string(meta.Conversation), isLook: true})
	}
}

// came notes an event that came in live, and reports whether it points to others between it and what is known.
func (m *room) came(meta xchat.Meta, known string) (isGap bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.last[meta.Conversation]
	if len(m.last) >= maxPeople {
		m.last, m.looked = map[xchat.ConversationID]string{}, map[xchat.ConversationID]time.Time{}
	}
	if keys.CompareVersions(meta.SequenceID, last) > 0 {
		m.last[meta.Conversation] = meta.SequenceID
	}
	if keys.CompareVersions(known, last) > 0 {
		last = known
	}
	return meta.PreviousID != "" && last != "" && keys.CompareVersions(meta.PreviousID, last) > 0
}
