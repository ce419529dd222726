package chat

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

const (
	// smallPage is how many events are asked for at first: X charges for each. fullPage is for the rest.
	smallPage, fullPage = 10, 100
	// maxLists and maxPages bound one pass, in pages of X's answers.
	maxLists, maxPages = 50, 200
	// sinceMargin is how long before Perch was given the keys an event may be dated by X's clock.
	sinceMargin = time.Minute
	// strangersDays and maxStrangers are for which of those who wrote in public X is asked whether they wrote in private too,
	// while X says that requests of strangers wait.
	strangersDays, maxStrangers = 7 * 24 * time.Hour, 20
)

// catchUp fetches what was missed in every conversation that has changed. It reports whether X has told all.
func (r *Rooms) catchUp(ctx context.Context, m *room) bool {
	ch := r.Accounts.Channel(m.channel)
	changed, hasRequests, err := r.changedConversations(ctx, m, ch)
	if err == nil && hasRequests {
		changed = append(changed, r.strangers(ctx, m)...)
	}
	m.setRequests(hasRequests)
	for _, c := range changed {
		if err == nil {
			err = r.catchUpOne(ctx, m, ch, c)
		}
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("catch-up of encrypted chat failed", logkey.Channel, m.channel, "code", bridge.CodeOf(err), logkey.Error, err)
		if isLogin(bridge.AsError(err)) {
			m.set(bridge.ChatNeedsLogin, bridge.FailureOf(bridge.AsError(err)).Sentence(), m.fingerprint())
		}
	}
	if err == nil && m.isState(bridge.ChatNeedsLogin) { // somebody has logged in
		m.expireOwn()
		r.askOwn(ctx, m, ch)
	}
	return err == nil
}

// changedConversations lists those that have changed since they were looked at, and since Perch was given keys.
func (r *Rooms) changedConversations(ctx context.Context, m *room, ch *bridge.Channel) (changed []bridge.ChatConversation, hasRequests bool, err error) {
	next, own := "", r.ownOf(m)
	for range maxLists {
		list, err := ch.Chat.ChatConversations(ctx, next)
		if err != nil {
			return nil, false, err
		}
		hasRequests = hasRequests || list.HasRequests
		for _, c := range list.Conversations {
			id, err := xchat.ParseConversation(c.ID, own)
			if err != nil {
				continue // what has no such name cannot be asked for
			}
			place, err := r.place(ctx, m, id)
			if err != nil {
				return nil, false, err
			}
			isOld := place.Sequence == "" && c.UpdatedAt.Before(m.from())
			if c.UpdatedAt.IsZero() || (!isOld && c.UpdatedAt.After(place.UpdatedAt)) {
				changed = append(changed, c)
			}
		}
		if next = list.Next; next == "" {
			break
		}
	}
	return changed, hasRequests, nil
}

// from is the time from which on messages are pushed to agents.
func (m *room) from() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since.Add(-sinceMargin)
}

// strangers are the conversations with those who wrote in public lately: a request for a chat with them may be in no list.
func (r *Rooms) strangers(ctx context.Context, m *room) []bridge.ChatConversation {
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
		people = append(people, bridge.ChatConversation{ID: d.PeerID})
	}
	return people
}

// catchUpOne hands on what a conversation holds above its cursor, oldest first, and moves the cursor.
func (r *Rooms) catchUpOne(ctx context.Context, m *room, ch *bridge.Channel, c bridge.ChatConversation) error {
	id, err := xchat.ParseConversation(c.ID, r.ownOf(m))
	if err != nil {
		return nil //nolint:nilerr // what has no such name cannot be asked for
	}
	place, err := r.place(ctx, m, id)
	if err != nil {
		return err
	}
	missed, err := r.missed(ctx, m, ch, id, place)
	if err != nil {
		return err
	}
	next := bridge.ChatPlace{UpdatedAt: c.UpdatedAt}
	for _, e := range slices.Backward(missed) {
		if err := r.hand(ctx, m, id, e); err != nil {
			return err
		}
		if keys.CompareVersions(e.ID, next.Sequence) > 0 {
			next.Sequence = e.ID
		}
	}
	if len(missed) > 0 {
		r.Log.Info("encrypted messages fetched", logkey.Channel, m.channel, "conversation", string(id), "n", len(missed))
	}
	m.mu.Lock()
	m.advance(id, next)
	m.mu.Unlock()
	r.openWaiting(ctx, m, id)
	return nil
}

// missed lists the events above the cursor, newest first, and learns the keys that come along. Without a cursor it goes
// back to when Perch was given keys.
func (r *Rooms) missed(ctx context.Context, m *room, ch *bridge.Channel, id xchat.ConversationID, place bridge.ChatPlace) ([]bridge.ChatEvent, error) {
	var all []bridge.ChatEvent
	next, count := "", smallPage
	for range maxPages {
		page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, id), next, count)
		if bridge.CodeOf(err) == bridge.CodeNoConversation {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if err := r.learnPage(ctx, m, ch, id, page); err != nil {
			return nil, err
		}
		isDone := page.Next == "" || page.Next == next
		for _, e := range page.Events {
			isOld := place.Sequence == "" && !e.CreatedAt.IsZero() && e.CreatedAt.Before(m.from()) // above a cursor all is new
			if isOld || keys.CompareVersions(e.ID, place.Sequence) <= 0 {
				isDone = true
				continue
			}
			all = append(all, e)
		}
		if isDone {
			return all, nil
		}
		next, count = page.Next, fullPage
	}
	return all, nil
}

// hand gives an event of a list to the intake, as X would have told of it. What is already there is dropped by its id.
func (r *Rooms) hand(ctx context.Context, m *room, id xchat.ConversationID, e bridge.ChatEvent) error {
	peek, ok := xchat.Peek(e.Sealed.Event)
	switch {
	case !ok && e.Sealed.Event == "":
		return nil
	case !ok: // it is told of as unreadable
		peek.MessageID, peek.SenderID = "seq:"+e.ID, e.Sealed.Sender
	case peek.What != xchat.PeekMessage && peek.What != xchat.PeekDelete:
		return nil
	}
	body, err := json.Marshal(envelope(m, id, e, peek))
	if err != nil {
		return nil //nolint:nilerr // texts only: cannot fail
	}
	return r.Accept(ctx, []string{m.channel}, body)
}

// envelope is the form in which X tells of an event (X docs: X Activity API, chat.received).
func envelope(m *room, id xchat.ConversationID, e bridge.ChatEvent, peek xchat.Peeked) map[string]any {
	m.mu.Lock()
	own := m.ownID
	m.mu.Unlock()
	kind := "chat.received"
	if peek.SenderID == own {
		kind = "chat.sent"
	}
	payload := map[string]any{
		"id": peek.MessageID, "sender_id": peek.SenderID, "conversation_id": string(id), "encoded_event": e.Sealed.Event,
		"conversation_token": e.Sealed.Token,
	}
	return map[string]any{"data": map[string]any{
		"event_type": kind, "tag": "perch-catch-up", "filter": map[string]any{"user_id": own}, "payload": payload,
	}}
}

func (m *room) setRequests(has bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hasRequests = has
}
