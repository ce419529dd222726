package xsealed

import "perch/bridge/xchat/wire"

// posted is a message as it came by the API, and the event that was made of it; nil for one that failed.
type posted struct {
	post  MessagePost
	event *Event
}

// TakeMessage takes a message of an account's and returns the encoded event that X answers with: the stored one, or a failure. The
// caller holds the lock.
func (x *Chats) TakeMessage(own, id string, p MessagePost, note Complaint) (string, *Refusal) {
	made, refused := p.read()
	if refused != nil {
		return "", refused
	}
	t := x.find(id)
	if t == nil || t.latest() == nil {
		return "", &Refusal{Fault: none()}
	}
	if p.Token != "" && p.Token != t.token {
		return "", wrong("conversation_token", "the conversation_token is not the one of this conversation")
	}
	name := [2]string{own, p.MessageID}
	if before, isKnown := t.posted[name]; isKnown {
		switch {
		case before.post.Event != p.Event || before.post.Signature != p.Signature:
			return "", wrong("message_id", "message_id "+p.MessageID+" was posted before with other bytes")
		case before.event != nil:
			return before.event.Encoded, nil
		}
	}
	e := &Event{MessageID: p.MessageID, SenderID: own, ByAPI: true, kind: wire.KindMessage, version: made.version, signature: &made.signature}
	e.detail = union(int16(wire.KindMessage), made.raw)
	t.posted[name] = posted{p, nil}
	if kind, tier := x.failure(t, e, made, note); kind != 0 {
		return x.failed(t, own, kind, tier), nil
	}
	if t.askedOf == own {
		t.askedOf = "" // who answers has accepted
	}
	e.signature.public = x.users[own].version(made.signature.keyVersion).private.Signing().String()
	x.tell(t, x.keep(t, e))
	t.posted[name] = posted{p, e}
	for _, why := range x.show(t, e).Broken {
		note("the receiver of message %s cannot show it: %s", e.MessageID, why)
	}
	return e.Encoded, nil
}
