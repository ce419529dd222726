package xsealed

import (
	"strings"

	"perch/bridge/xchat/thrift"
	"perch/bridge/xchat/wire"
)

// The types of failure that X finds by itself (MessageFailureEvent).
const (
	failTooLarge     = 3
	failSignature    = 5
	failOldKey       = 6
	failNotTrusted   = 7
	failRecipientKey = 8
	failPublicKey    = 13
	failForm         = 16
)

// maxContents is the largest message that X takes (bytes, encrypted).
const maxContents = 256 << 10

// posted is a message as it came by the API, and the event that was made of it; nil for one that failed.
type posted struct {
	post  MessagePost
	event *Event
}

// create is a MessageCreateEvent with its signature.
type create struct {
	raw, contents []byte
	version       string
	isEncrypted   bool
	signature     signature
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

// read checks the form of a message.
func (p MessagePost) read() (create, *Refusal) {
	var c create
	if !uuidPattern.MatchString(p.MessageID) {
		return c, wrong("message_id", "message_id is no UUID of version 4 in lower case")
	}
	raw, ok := padded(p.Event)
	if !ok {
		return c, wrong("encoded_message_create_event", "encoded_message_create_event is not base64 with padding")
	}
	c.raw = raw
	if !c.parse(raw) {
		return c, wrong("encoded_message_create_event", "encoded_message_create_event is no MessageCreateEvent")
	}
	raw, ok = padded(p.Signature)
	if !ok || !c.signature.parse(raw) {
		return c, wrong("encoded_message_event_signature", "encoded_message_event_signature is no MessageEventSignature in base64 with padding")
	}
	if !c.isEncrypted || !numPattern.MatchString(c.version) || len(c.contents) <= boxOverhead {
		return c, wrong("encoded_message_create_event", "the message is not encrypted, or names no key of the conversation")
	}
	return c, nil
}

// parse reads a MessageCreateEvent, whose fields have to be of their types.
func (c *create) parse(raw []byte) bool {
	types := map[int16]thrift.Type{
		100: thrift.Text, 101: thrift.Text, 102: thrift.Bool, 103: thrift.I64, 104: thrift.I64, 105: thrift.Bool, 106: thrift.I32, 107: thrift.List,
		108: thrift.Struct, 109: thrift.Bool,
	}
	last, isGood := int16(0), true
	err := thrift.Read(raw, func(id int16, v thrift.Value) {
		if types[id] != v.Type() || id <= last {
			isGood = false
			return
		}
		last = id
		switch id {
		case 100:
			c.contents = v.Bytes()
		case 101:
			c.version, c.isEncrypted = v.Text(), true
		}
	})
	return err == nil && isGood && isWhole(raw)
}

// isWhole reports whether nothing stands behind the end of a structure.
func isWhole(raw []byte) bool {
	structure, err := thrift.Whole(raw)
	return err == nil && len(structure) == len(raw)
}

// parse reads a MessageEventSignature.
func (s *signature) parse(raw []byte) bool {
	last, isGood := int16(0), true
	err := thrift.Read(raw, func(id int16, v thrift.Value) {
		into := map[int16]*string{1: &s.text, 2: &s.keyVersion, 3: &s.version, 4: &s.public}[id]
		isGood = isGood && id > last
		if last = id; into == nil {
			return
		}
		if v.Type() != thrift.Text {
			isGood = false
			return
		}
		*into = v.Text()
	})
	return err == nil && isGood && isWhole(raw) && s.text != "" && numPattern.MatchString(s.keyVersion) && numPattern.MatchString(s.version)
}

// failure finds why X does not take a message, in the order in which X looks; 0 when it does. What a correct program never
// does is noted.
func (x *Chats) failure(t *talk, e *Event, made create, note Complaint) (kind, tier int32) {
	own, to := x.users[e.SenderID], other(t.id, e.SenderID)
	switch {
	case len(made.contents) > maxContents:
		return failTooLarge, 0
	case made.signature.version != "7":
		note("the signature has version %q", made.signature.version)
		return failForm, 0
	case own == nil || own.version(made.signature.keyVersion) == nil:
		return failPublicKey, 0
	case !verifies(own.version(made.signature.keyVersion).signing, made.signature.text,
		"MessageCreateEvent", e.MessageID, e.SenderID, t.id, made.version, b64n(made.contents)):
		note("the signature of the message %s does not verify with the record %s", e.MessageID, made.signature.keyVersion)
		return failSignature, 0
	}
	if kind := x.ordered(); kind != 0 {
		return kind, x.options.Tier
	}
	switch {
	case made.version != t.latest().version:
		return failOldKey, 0
	case x.users[to] == nil || t.latest().wrapped[to] != x.users[to].newest().number:
		return failRecipientKey, 0
	case t.distrusted == e.SenderID:
		return failNotTrusted, 0
	}
	return 0, 0
}

// ordered is a failure that a test has ordered; 0 for none.
func (x *Chats) ordered() (kind int32) {
	if len(x.options.Failures) > 0 {
		kind, x.options.Failures = x.options.Failures[0], x.options.Failures[1:]
	}
	return kind
}

// failed makes the event that says so. It has an id of its own, and is not kept.
func (x *Chats) failed(t *talk, own string, kind, tier int32) string {
	e := &Event{MessageID: newUUID(), SenderID: own, Conversation: t.id, At: x.Now(), kind: wire.KindFailure, isTrusted: true}
	e.detail = wire.Detail{Kind: wire.KindFailure, Failure: wire.Failure{Type: kind, Tier: tier}}.Encode()
	e.encode(x.tokenOf(t))
	return e.Encoded
}

// verifies checks the signature of an action by a user: over its name, message id, sender, conversation, and the rest.
func (a ActionSignature) verifies(u *user, name, own, id string, rest ...string) *Refusal {
	s := a.Signature
	switch {
	case a.Payload != nil:
		return wrong("action_signatures", "signature_payload is given, which tells secrets")
	case !uuidPattern.MatchString(a.MessageID):
		return wrong("action_signatures", "message_id is no UUID of version 4 in lower case")
	case s.Form != "7" || strings.Contains(s.Signature, "="):
		return wrong("action_signatures", "the signature is not of version 7, or padded")
	case u == nil || u.version(s.Version) == nil:
		return &Refusal{Fault: invalid("The signature names a public key that is not registered.")}
	case !verifies(u.version(s.Version).signing, s.Signature, append([]string{name, a.MessageID, own, id}, rest...)...):
		return wrong("action_signatures", "the signature over "+name+" does not verify with the record "+s.Version)
	case s.Public != "" && s.Public != u.version(s.Version).private.Signing().String():
		return wrong("action_signatures", "signing_public_key is not that of the record "+s.Version)
	}
	return nil
}
