package xsealed

import (
	"crypto/rand"
	"fmt"
	"strconv"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// open finds a conversation with a key that both sides can open, whoever has to make it.
func (x *Chats) open(from, to string) *talk {
	t := x.talk(from, to)
	mine, theirs := x.enabled(from).newest().number, x.enabled(to).newest().number
	if c := t.latest(); c == nil || c.wrapped[from] != mine || c.wrapped[to] != theirs {
		x.rotate(t, from)
	}
	return t
}

// rotate makes a key and wraps it for both.
func (x *Chats) rotate(t *talk, from string) {
	key := keys.NewConversation()
	c := &change{version: x.newNumber(), key: key.Reveal(), wrapped: map[string]string{}, isHidden: t.isWithholding}
	e := &Event{MessageID: newUUID(), SenderID: from, kind: wire.KindKeyChange}
	detail := wire.KeyChange{Version: c.version}
	for _, id := range []string{from, other(t.id, from)} {
		v := x.users[id].newest()
		wrapped, _ := key.Wrap(v.private.Identity()) // the keys are good
		detail.Participants = append(detail.Participants, wire.ParticipantKey{UserID: id, Wrapped: wrapped, KeyVersion: v.number})
		c.wrapped[id] = v.number
	}
	e.detail = wire.Detail{Kind: wire.KindKeyChange, KeyChange: detail}.Encode()
	e.signature = x.sign(from, "ConversationKeyChangeEvent", e.MessageID, from, t.id, c.version, b64n(c.key))
	c.event = x.stamp(t, e)
	t.changes = append(t.changes, c)
	t.updated = e.At
}

// say encrypts, signs and tells.
func (x *Chats) say(t *talk, from string, entry wire.Entry) *Event {
	e := x.seal(t, from, entry.Encode())
	x.tell(t, x.keep(t, e))
	return e
}

// seal makes the event of a message, with the newest key.
func (x *Chats) seal(t *talk, from string, plain []byte) *Event {
	c := t.latest()
	key, _ := keys.ParseConversation(c.key) // it has its size
	contents, _ := key.Seal(plain)
	e := &Event{MessageID: newUUID(), SenderID: from, kind: wire.KindMessage, version: c.version}
	message := wire.Message{Contents: contents, KeyVersion: c.version, IsEncrypted: true}
	e.detail = wire.Detail{Kind: wire.KindMessage, Message: message}.Encode()
	e.signature = x.sign(from, "MessageCreateEvent", e.MessageID, from, t.id, c.version, b64n(contents))
	return e
}

// sign signs with somebody's newest keys.
func (x *Chats) sign(from string, parts ...string) *signature {
	v := x.users[from].newest()
	text, _ := signed(parts...)
	raw, _ := v.private.Sign([]byte(text)) // they can sign
	return &signature{b64n(raw), v.number, "7", v.private.Signing().String()}
}

// preview is what a reply says of the message that it answers, with that message.
func (*Chats) preview(t *talk, messageID string) *wire.Preview {
	e := t.event(t.sequenceOf(messageID))
	sender, _ := strconv.ParseInt(e.SenderID, 10, 64)
	raw, _ := padded(e.Encoded)
	p := &wire.Preview{SenderID: sender, SequenceID: e.SequenceID, MessageID: e.MessageID, Event: raw}
	if entry, ok := t.opened(e); ok {
		p.Text = entry.Text.Text
	}
	if c := t.change(e.version); c != nil && c != t.latest() {
		raw, _ := padded(c.event.Encoded)
		p.KeyChanges = append(p.KeyChanges, raw)
	}
	return p
}

// opened is what an event says, as one who has the keys.
func (t *talk) opened(e *Event) (wire.Entry, bool) {
	c := t.change(e.version)
	if c == nil || e.kind != wire.KindMessage {
		return wire.Entry{}, false
	}
	raw, _ := padded(e.Encoded)
	parsed, err := wire.ParseEvent(raw)
	if err != nil {
		return wire.Entry{}, false
	}
	plain, ok := unbox(c.key, parsed.Detail.Message.Contents)
	if !ok {
		return wire.Entry{}, false
	}
	entry, err := wire.ParseEntry(plain)
	return entry, err == nil
}

// newUUID makes a message id.
func newUUID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
