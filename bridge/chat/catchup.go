package chat

import (
	"cmp"
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
	// strangersPause is the least time between two looks at the same of them.
	strangersPause = time.Hour
)

// catchUp fetches what was missed in every conversation that has changed. It reports whether X has told all.
func (r *Rooms) catchUp(ctx context.Context, m *room) bool {
	ch := r.Accounts.Channel(m.channel)
	changed, listed, hasRequests, err := r.changedConversations(ctx, m, ch)
	if err == nil && hasRequests {
		changed = append(changed, r.strangers(ctx, m, listed)...)
	}
	m.setRequests(hasRequests)
	for _, c := range changed {
		if err == nil {
			err = r.catchUpOne(ctx, m, ch, c)
		}
		if kind := bridge.KindOf(err); kind == bridge.Rejected || kind == bridge.Invalid { // about this conversation alone
			r.Log.Warn("catch-up of encrypted conversation refused", logkey.Channel, m.channel, "conversation", c.ID, logkey.Error, err)
			err = nil
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

// changedConversations lists those that have changed since they were looked at, and since Perch was given keys; listed are
// all.
func (r *Rooms) changedConversations(ctx context.Context, m *room, ch *bridge.Channel) (
	changed []bridge.ChatConversation, listed map[xchat.ConversationID]bool, hasRequests bool, err error,
) {
	next, own := "", r.ownOf(m)
	listed = map[xchat.ConversationID]bool{}
	for range maxLists {
		list, err := ch.Chat.ChatConversations(ctx, next)
		if err != nil {
			return nil, nil, false, err
		}
		hasRequests = hasRequests || list.HasRequests
		for _, c := range list.Conversations {
			id, err := xchat.ParseConversation(c.ID, own)
			listed[id] = true
			if err != nil {
				continue // what has no such name cannot be asked for
			}
			place, err := r.place(ctx, m, id)
			if err != nil {
				return nil, nil, false, err
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
	return changed, listed, hasRequests, nil
}

// from is the time from which on messages are pushed to agents.
func (m *room) from() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since.Add(-sinceMargin)
}

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
		if err != nil || listed[id] || !m.mayAskStranger(id, r.Now()) {
			continue
		}
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
		if place := placeOf(e); keys.CompareVersions(place, next.Sequence) > 0 {
			next.Sequence = place
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
			at := placeOf(e)                                                                       // one without a place is handed on: it is known by its own id
			isOld := place.Sequence == "" && !e.CreatedAt.IsZero() && e.CreatedAt.Before(m.from()) // above a cursor all is new
			if isOld || (at != "" && keys.CompareVersions(at, place.Sequence) <= 0) {
				isDone = true
				continue
			}
			all = append(all, e)
		}
		if isDone {
			return inOrder(all), nil
		}
		next, count = page.Next, fullPage
	}
	r.Log.Warn("too many encrypted messages to fetch", logkey.Channel, m.channel, "conversation", string(id), "n", len(all))
	return inOrder(all), nil
}

// placeOf is the sequence id of an event of a list: that of the list, or the one inside; "" when neither is a number.
func placeOf(e bridge.ChatEvent) string {
	if keys.IsVersion(e.ID) {
		return e.ID
	}
	if peek, ok := xchat.Peek(e.Sealed.Event); ok && keys.IsVersion(peek.SequenceID) {
		return peek.SequenceID
	}
	return ""
}

// inOrder sorts events of which each has a place, newest first; others stay in the order in which X gave them.
func inOrder(all []bridge.ChatEvent) []bridge.ChatEvent {
	if !slices.ContainsFunc(all, func(e bridge.ChatEvent) bool { return placeOf(e) == "" }) {
		slices.SortStableFunc(all, func(a, b bridge.ChatEvent) int { return keys.CompareVersions(placeOf(b), placeOf(a)) })
	}
	return all
}

// hand gives an event of a list to the intake, as X would have told of it. What is already there is dropped by its id.
func (r *Rooms) hand(ctx context.Context, m *room, id xchat.ConversationID, e bridge.ChatEvent) error {
	peek, ok := xchat.Peek(e.Sealed.Event)
	switch {
	case !ok && e.Sealed.Event == "":
		r.Log.Warn("a listed event of encrypted chat is empty", logkey.Channel, m.channel, "conversation", string(id), "sequence", e.ID)
		return nil
	case !ok && r.isTold(ctx, m, e.Sealed):
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

// maxTold is among how many of the newest sealed messages an unreadable one is looked for.
const maxTold = 200

// isTold reports whether X has told of an unreadable event by itself, under an id that its lists do not have.
func (r *Rooms) isTold(ctx context.Context, m *room, s bridge.Sealed) bool {
	list, err := r.Journal.List(ctx, bridge.Filter{Channel: m.channel, Direction: bridge.In, Kind: bridge.KindEncrypted, Limit: maxTold})
	return err == nil && slices.ContainsFunc(list, func(d *bridge.Delivery) bool {
		return d.PeerID == s.Sender && d.Event != nil && d.Event.Sealed != nil && d.Event.Sealed.Event == s.Event
	})
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
		"id": peek.MessageID, "sender_id": cmp.Or(e.Sealed.Sender, peek.SenderID), "conversation_id": string(id), "encoded_event": e.Sealed.Event,
		"conversation_token": e.Sealed.Token,
	}
	return map[string]any{"data": map[string]any{
		"event_type": kind, "tag": "perch-catch-up", "filter": map[string]any{"user_id": own}, "payload": payload,
	}}
}

// mayAskStranger reports whether the events of a conversation that is in no list may be asked for now.
func (m *room) mayAskStranger(id xchat.ConversationID, now time.Time) bool {
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
