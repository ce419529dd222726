package xsealed

import (
	"bytes"
	"encoding/json"

	"perch/bridge/xchat/wire"
)

// TakeKeys takes a change of keys of an account's, makes the conversation if there is none yet, and returns the sequence id.
// The same post again is the same change. The caller holds the lock.
func (x *Chats) TakeKeys(own, id string, p KeysPost) (string, *Refusal) {
	whole, _ := json.Marshal(p) // plain values
	t := x.find(id)
	if t != nil {
		if c := t.change(p.Version); c != nil && c.post == string(whole) {
			return c.event.SequenceID, nil
		}
	}
	c, refused := x.readKeys(own, id, p)
	if refused != nil {
		return "", refused
	}
	if t = x.talk(own, other(id, own)); t.latest() != nil && compare(p.Version, t.latest().version) <= 0 {
		return "", &Refusal{Fault: invalid("The conversation key version is not above the latest.")}
	}
	c.post = string(whole)
	a := p.Signatures[0]
	detail, _ := padded(a.Detail)
	c.event = x.stamp(t, &Event{
		MessageID: a.MessageID, SenderID: own, ByAPI: true, kind: wire.KindKeyChange, detail: detail,
		signature: &signature{a.Signature.Signature, a.Signature.Version, a.Signature.Form, x.users[own].version(a.Signature.Version).private.Signing().String()},
	})
	t.changes, t.updated = append(t.changes, c), c.event.At
	return c.event.SequenceID, nil
}

// readKeys checks a change of keys: its form, that exactly the two have a copy, and, as the customer's app does, that the
// copies open to one key and that its signature is good.
func (x *Chats) readKeys(own, id string, p KeysPost) (*change, *Refusal) {
	switch {
	case !numPattern.MatchString(p.Version):
		return nil, wrong("conversation_key_version", "conversation_key_version is no decimal number")
	case len(p.Participants) != 2:
		return nil, wrong("conversation_participant_keys", "the key is not for exactly the two")
	case len(p.Signatures) != 1:
		return nil, wrong("action_signatures", "there is not exactly one action signature")
	}
	c := &change{version: p.Version, wrapped: map[string]string{}}
	for _, w := range p.Participants {
		if refused := x.readCopy(c, id, w); refused != nil {
			return nil, refused
		}
	}
	if len(c.wrapped) != 2 {
		return nil, wrong("conversation_participant_keys", "somebody has two copies of the key, and the other one none")
	}
	if refused := sameDetail(p); refused != nil {
		return nil, refused
	}
	return c, p.Signatures[0].verifies(x.users[own], "ConversationKeyChangeEvent", own, id, p.Version, b64n(c.key))
}

// readCopy opens the copy of one participant.
func (x *Chats) readCopy(c *change, id string, w WrappedKey) *Refusal {
	raw, ok := padded(w.Wrapped)
	u := x.users[w.UserID]
	switch {
	case pairID(w.UserID, other(id, w.UserID)) != id:
		return wrong("conversation_participant_keys", "user "+w.UserID+" takes no part")
	case !ok || len(raw) != wrappedSize:
		return wrong("conversation_participant_keys", "a wrapped key is not 113 bytes in base64 with padding")
	case u == nil || u.version(w.Version) == nil:
		return wrong("conversation_participant_keys", "user "+w.UserID+" has no record "+w.Version)
	case u.newest().number != w.Version:
		return &Refusal{Fault: invalid("The public key version of a participant is not the latest.")}
	}
	key, ok := u.newest().unwrap(raw)
	if !ok || (c.key != nil && !bytes.Equal(c.key, key)) {
		return wrong("conversation_participant_keys", "the copy of user "+w.UserID+" does not open, or holds another key")
	}
	c.key, c.wrapped[w.UserID] = key, w.Version
	return nil
}

// sameDetail holds the signed detail against what stands beside it.
func sameDetail(p KeysPost) *Refusal {
	raw, ok := padded(p.Signatures[0].Detail)
	e, err := wire.ParseEvent(union(7, raw))
	k := e.Detail.KeyChange
	isSame := ok && err == nil && e.Detail.Kind == wire.KindKeyChange && k.Version == p.Version && len(k.Participants) == len(p.Participants)
	for i := 0; isSame && i < len(p.Participants); i++ {
		isSame = k.Participants[i] == wire.ParticipantKey{UserID: p.Participants[i].UserID, Wrapped: p.Participants[i].Wrapped, KeyVersion: p.Participants[i].Version}
	}
	if !isSame {
		return wrong("action_signatures", "encoded_message_event_detail is not the change of keys that it stands beside")
	}
	return nil
}
