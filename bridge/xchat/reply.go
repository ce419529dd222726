package xchat

import (
	"strconv"
	"strings"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

func (r *Reader) reply(p *wire.Preview, m Meta) *Reply {
	if p == nil {
		return nil
	}
	return &Reply{MessageID: p.MessageID, SequenceID: p.SequenceID, Quote: r.quote(p, m)}
}

// quote verifies the message that a reply carries, and that it is the one whose words the reply's sender shows. The quote
// is made of that message and not of what the sender shows, since even a true beginning of it can mislead.
func (r *Reader) quote(p *wire.Preview, m Meta) *Quote {
	e, entry, ok := r.quoted(p.Event, p, m)
	isNamed := (p.MessageID == "" || p.MessageID == e.MessageID) && (p.SequenceID == "" || p.SequenceID == e.SequenceID)
	if !ok || entry.Kind != wire.EntryText || !isNamed || strconv.FormatInt(p.SenderID, 10) != e.SenderID {
		return nil
	}
	q := &Quote{SenderID: e.SenderID, MessageID: e.MessageID, Content: contentOf(entry.Text)}
	if p.Edit != nil {
		edit, entry, ok := r.quoted(p.Edit, p, m)
		isOfIt := edit.SenderID == e.SenderID && entry.Edit.SequenceID == e.SequenceID
		if !ok || entry.Kind != wire.EntryEdit || !isOfIt {
			return nil
		}
		q.Text = entry.Edit.Text
	}
	if !strings.HasPrefix(q.Text, p.Text) {
		return nil
	}
	return q
}

// quoted verifies and decrypts an event that a reply carries: of the same conversation, signed by one who takes part in
// it. What it answers itself is not looked at.
func (r *Reader) quoted(raw []byte, p *wire.Preview, m Meta) (wire.Event, wire.Entry, bool) {
	e, err := wire.ParseEvent(raw)
	if err != nil || !e.Detail.Message.IsEncrypted {
		return e, wire.Entry{}, false
	}
	inner, reason := r.meta(e, Origin{Conversation: string(m.Conversation)})
	if reason != 0 || r.check(e, messagePayload(e)) != good {
		return e, wire.Entry{}, false
	}
	key, ok := r.quotedKey(e.Detail.Message.KeyVersion, p, inner)
	if !ok {
		return e, wire.Entry{}, false
	}
	entry, reason := decrypt(e, key)
	return e, entry, reason == 0
}

// quotedKey returns the key of an event that a reply carries: one that is known, or else one that came with it.
func (r *Reader) quotedKey(version string, p *wire.Preview, m Meta) (keys.Conversation, bool) {
	if key, ok := r.Conversations.ConversationKey(m.Conversation, version); ok {
		return key, true
	}
	for i, raw := range p.KeyChanges {
		e, err := wire.ParseEvent(raw)
		if i >= maxQuotedKeys || err != nil || e.Detail.KeyChange.Version != version {
			continue
		}
		inner, reason := r.meta(e, Origin{Conversation: string(m.Conversation)})
		if change, ok := r.keyChange(e, inner).(*KeyChange); ok && reason == 0 {
			return change.Reading(), true
		}
	}
	return keys.Conversation{}, false
}

// maxQuotedKeys is how many changes of keys of a reply are looked at: one for the message, one for its edit, some to spare.
const maxQuotedKeys = 8
