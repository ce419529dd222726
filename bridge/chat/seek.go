package chat

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
)

const (
	// seekFirst and seekMost bound the wait before X is asked once more for a key that it did not have; the wait doubles.
	// Each look is paid for, and whatever else comes of a conversation brings its key along.
	seekFirst, seekMost = time.Minute, 24 * time.Hour
	// maxSought bounds how many keys that X was asked for are remembered.
	maxSought = 10_000
)

// soughtKey names a conversation's key.
type soughtKey struct {
	conversation xchat.ConversationID
	version      string
}

// seek is what came of looking for a key.
type seek struct {
	// next is when X may be asked again; wait is the wait before that.
	next time.Time
	wait time.Duration
}

// maySeek reports whether X may be asked now for a key, and through how many pages.
func (m *room) maySeek(key soughtKey, now time.Time) (pages int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, isKnown := m.sought[key]
	switch {
	case !isKnown:
		return keyPages, true
	case now.Before(s.next):
		return 0, false
	}
	return 1, true // what is older was looked through
}

// hasSought notes that X was asked for a key.
func (m *room) hasSought(key soughtKey, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sought) >= maxSought {
		m.sought = map[soughtKey]seek{}
	}
	wait := min(max(2*m.sought[key].wait, seekFirst), seekMost)
	m.sought[key] = seek{now.Add(wait), wait}
}

// supply gets what an event waits for. It reports whether there is more than before.
func (r *Rooms) supply(ctx context.Context, m *room, ch *bridge.Channel, w *xchat.Waiting, hasFetched *bool) (bool, error) {
	id, need := w.Conversation, w.Need
	if need.SignerID != "" {
		return r.findSigner(ctx, m, ch, need.SignerID, need.SignerVersion)
	}
	m.mu.Lock()
	_, isLoaded := m.ring[id]
	m.mu.Unlock()
	if !isLoaded {
		return true, r.load(ctx, m, id)
	}
	if *hasFetched {
		return false, nil
	}
	*hasFetched = true
	return r.seekKey(ctx, m, ch, soughtKey{id, need.KeyVersion})
}

// seekKey asks X for a key that is not here, unless that was in vain a short while ago. It reports whether it is here now.
func (r *Rooms) seekKey(ctx context.Context, m *room, ch *bridge.Channel, key soughtKey) (bool, error) {
	pages, mayAsk := m.maySeek(key, r.Now())
	if !mayAsk {
		return false, nil
	}
	if _, err := r.fetchKeys(ctx, m, ch, key.conversation, key.version, pages); err != nil {
		return false, err
	}
	m.hasSought(key, r.Now())
	_, ok := m.ConversationKey(key.conversation, key.version)
	return ok, nil
}

// fetchKeys looks for a change of keys in the newest pages of a conversation: of the version wanted, or any for "". It
// reports whether the conversation has events at all.
func (r *Rooms) fetchKeys(ctx context.Context, m *room, ch *bridge.Channel, id xchat.ConversationID, wanted string, pages int) (hasEvents bool, err error) {
	next := ""
	for range pages {
		page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, id), next, smallPage)
		if bridge.CodeOf(err) == bridge.CodeNoConversation {
			return hasEvents, nil
		}
		if err != nil {
			return hasEvents, err
		}
		hasEvents = hasEvents || len(page.Events) > 0
		if err := r.learnPage(ctx, m, ch, id, page); err != nil {
			return hasEvents, err
		}
		_, version, _ := m.newest(id)
		if _, ok := m.ConversationKey(id, wanted); page.Next == "" || ok || (wanted == "" && version != "") {
			return hasEvents, nil
		}
		next = page.Next
	}
	return hasEvents, nil
}

// learnPage takes in all changes of keys of a page.
func (r *Rooms) learnPage(ctx context.Context, m *room, ch *bridge.Channel, id xchat.ConversationID, page bridge.ChatPage) error {
	for _, encoded := range page.KeyChanges {
		if _, _, err := r.learn(ctx, m, ch, encoded, xchat.Origin{Conversation: string(id)}); err != nil {
			return err
		}
	}
	for _, e := range page.Events {
		for _, change := range changesIn(e.Sealed) {
			if _, _, err := r.learn(ctx, m, ch, change, xchat.Origin{Conversation: string(id)}); err != nil {
				return err
			}
		}
	}
	return nil
}
