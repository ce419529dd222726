package chat

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
)

const (
	// strangersDays and maxStrangers are for which of those who wrote lately X is asked whether they wrote in encrypted chat
	// too, while X says that requests of strangers wait.
	strangersDays, maxStrangers = 7 * 24 * time.Hour, 20
	// strangersPause is the least time between two looks at the same of them.
	strangersPause = time.Hour
)

// strangers are the conversations with those who wrote lately and are not listed: a request for a chat may be in no list.
// Whether one has changed is known only once its events were paid for, so that each is asked for now and then only.
func (r *Rooms) strangers(ctx context.Context, m *room, listed map[xchat.ConversationID]bool) []bridge.ChatConversation {
	recent, err := r.Journal.List(ctx, bridge.Filter{Channel: m.channel, Direction: bridge.In, Limit: 10 * maxStrangers})
	if err != nil {
		return nil
	}
	var people []bridge.ChatConversation
	seen := map[string]bool{}
	for _, d := range recent {
		if d.PeerID == "" || seen[d.PeerID] || r.Now().Sub(d.ReceivedAt) > strangersDays || len(people) == maxStrangers {
			continue
		}
		seen[d.PeerID] = true
		id, err := xchat.ParseConversation(d.PeerID, r.ownOf(m))
		if err != nil || listed[id] || !m.mayAskUnseen(id, r.Now()) {
			continue
		}
		people = append(people, bridge.ChatConversation{ID: d.PeerID})
	}
	return people
}

// mayAskUnseen reports whether the events of a conversation of which X does not say whether it has changed may be asked for now.
func (m *room) mayAskUnseen(id xchat.ConversationID, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.strangers[id]) < strangersPause {
		return false
	}
	if len(m.strangers) >= maxPeople {
		m.strangers = map[xchat.ConversationID]time.Time{}
	}
	m.strangers[id] = now
	return true
}

func (m *room) setRequests(has bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hasRequests = has
}
