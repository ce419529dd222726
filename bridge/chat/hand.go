package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// hand gives an event of a list to the intake, as X would have told of it. What is already there is dropped by its id.
func (r *Rooms) hand(ctx context.Context, m *room, id xchat.ConversationID, e bridge.ChatEvent) error {
	peek, ok := xchat.Peek(e.Sealed.Event)
	switch {
	case !ok && e.Sealed.Event == "":
		r.Log.Warn("a listed event of encrypted chat is empty", logkey.Channel, m.channel, "conversation", string(id), "sequence", e.ID)
		m.noteEmpty(r.Now())
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
		"event_type": kind, "tag": bridge.FetchedTag, "filter": map[string]any{"user_id": own}, "payload": payload,
	}}
}

// placeOf is the sequence id of an event of a list: that of the list, or the one inside; "" when neither is a number.
func placeOf(e bridge.ChatEvent) string {
	if isPlace(e.ID) {
		return e.ID
	}
	if peek, ok := xchat.Peek(e.Sealed.Event); ok && isPlace(peek.SequenceID) {
		return peek.SequenceID
	}
	return ""
}

// maxPlace is how many digits the id of an event has at most: X's ids are of 63 bits (X docs: Fundamentals, X IDs). A longer
// one would be above all that come.
const maxPlace = 19

func isPlace(id string) bool { return keys.IsVersion(id) && len(id) <= maxPlace }

// inOrder sorts events of which each has a place, newest first; others stay in the order in which X gave them.
func inOrder(all []bridge.ChatEvent) []bridge.ChatEvent {
	if !slices.ContainsFunc(all, func(e bridge.ChatEvent) bool { return placeOf(e) == "" }) {
		slices.SortStableFunc(all, func(a, b bridge.ChatEvent) int { return keys.CompareVersions(placeOf(b), placeOf(a)) })
	}
	return all
}
