package xsealed

import "perch/bridge/xchat/wire"

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
