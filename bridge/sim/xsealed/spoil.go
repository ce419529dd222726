package xsealed

import (
	"bytes"
	"slices"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/thrift"
	"perch/bridge/xchat/wire"
)

// spoilMessage changes an event before it is written.
func (x *Chats) spoilMessage(t *talk, e *Event, kind string, entry []byte) {
	switch kind {
	case Forged:
		x.forge(t, e)
	case BadSign:
		raw := []byte(e.signature.text)
		raw[10] = map[bool]byte{true: 'B', false: 'A'}[raw[10] == 'A']
		e.signature.text = string(raw)
	case NoSign:
		e.signature = nil
	case OldSign:
		e.signature.version = "1"
	case Moved:
		e.signature = x.resign(e.SenderID, e, pairID(e.SenderID, forger))
	case Stranger:
		x.enabled(forger)
		e.SenderID = forger
		e.signature = x.resign(forger, e, t.id)
	case Flipped, OtherBox, NoKey:
		x.rebox(t, e, kind, entry)
	case NoRecord:
		e.signature.keyVersion = "1"
	case Unknown:
		e.detail = union(77, union(1, nil))
	case TwoThings:
		e.detail = slices.Concat(e.detail[:len(e.detail)-1], union(6, nil))
	case Plain:
		e.signature, e.version = nil, ""
		e.detail = wire.Detail{Kind: wire.KindMessage, Message: wire.Message{Contents: entry}}.Encode()
	}
}

// forger is a person of no importance.
const forger = "666"

// forge signs an event with keys of the forger's, in the name of the sender's.
func (x *Chats) forge(t *talk, e *Event) {
	x.enabled(forger)
	s := x.resign(forger, e, t.id)
	s.keyVersion = e.signature.keyVersion
	e.signature = s
}

// resign signs an event of a message anew.
func (x *Chats) resign(signer string, e *Event, conversation string) *signature {
	parsed, _ := wire.ParseEvent(union(7, e.detail)) // just made
	m := parsed.Detail.Message
	return x.sign(signer, "MessageCreateEvent", e.MessageID, e.SenderID, conversation, m.KeyVersion, b64n(m.Contents))
}

// rebox gives an event another box, with a signature that fits it.
func (x *Chats) rebox(t *talk, e *Event, kind string, entry []byte) {
	key, _ := keys.ParseConversation(t.latest().key) // it has its size
	if kind == OtherBox {
		key = keys.NewConversation()
	}
	contents, _ := key.Seal(entry)
	if kind == Flipped {
		contents[len(contents)-1] ^= 1
	}
	if kind == NoKey {
		e.version = x.newNumber()
	}
	message := wire.Message{Contents: contents, KeyVersion: e.version, IsEncrypted: true}
	e.detail = wire.Detail{Kind: wire.KindMessage, Message: message}.Encode()
	e.signature = x.resign(e.SenderID, e, t.id)
}

// spoilBytes changes an event that is written.
func spoilBytes(encoded, kind string) string {
	const hugeSize, depth, many = 2 << 20, 10_000, "\x7f\xff\xff\xff"
	raw, _ := padded(encoded)
	switch kind {
	case Truncated:
		return b64(raw[:len(raw)/2])
	case Huge:
		var w thrift.Writer
		w.Bytes(90, make([]byte, hugeSize))
		return b64(slices.Concat(raw[:len(raw)-1], w.Done()))
	case Deep:
		return b64(slices.Concat(raw[:len(raw)-1], bytes.Repeat([]byte{byte(thrift.Struct), 0, 90}, depth)))
	case Long:
		return b64(slices.Concat(raw[:len(raw)-1], []byte{byte(thrift.List), 0, 90, byte(thrift.Struct)}, []byte(many)))
	case Garbage:
		return b64(bytes.Repeat([]byte("\x0c\xff garbage"), 20))
	case NoBase64:
		return "<" + encoded[1:]
	case Nothing:
		return ""
	case Wrapped:
		return b64(union(1, raw))
	}
	return encoded
}

// oddPayload is what X says of an odd event.
func (x *Chats) oddPayload(t *talk, e *Event, to, kind string) map[string]any {
	p := x.payload(t, e)
	switch kind {
	case WrongSender:
		p["sender_id"] = forger
	case WrongPlace:
		p["conversation_id"] = pairID(to, forger)
	case Stranger:
		p["sender_id"] = other(t.id, to)
	case Rekeyed:
		p["conversation_key_change_event"] = t.changes[0].event.Encoded
	case ForgedKey:
		p["conversation_key_change_event"] = x.forgeChange(t, to)
	}
	return p
}

// forgeChange makes a change of keys that opens for somebody, is above all others, and was signed by the forger.
func (x *Chats) forgeChange(t *talk, to string) string {
	x.enabled(forger)
	key, number := keys.NewConversation(), x.newNumber()
	v := x.users[to].newest()
	wrapped, _ := key.Wrap(v.private.Identity()) // the keys are good
	e := &Event{MessageID: newUUID(), SenderID: other(t.id, to), kind: wire.KindKeyChange}
	e.detail = wire.Detail{Kind: wire.KindKeyChange, KeyChange: wire.KeyChange{
		Version: number, Participants: []wire.ParticipantKey{{UserID: to, Wrapped: wrapped, KeyVersion: v.number}},
	}}.Encode()
	e.signature = x.sign(forger, "ConversationKeyChangeEvent", e.MessageID, e.SenderID, t.id, number, b64n(key.Reveal()))
	e.signature.keyVersion = x.users[e.SenderID].newest().number
	return x.stamp(t, e).Encoded
}
