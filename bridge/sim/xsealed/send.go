package xsealed

import (
	"encoding/base64"
	"net/http"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// The failures with which X refuses a message inside a success (MessageFailureEvent).
const (
	failSignature = 5
	failOldKey    = 6
	failNewPerson = 8
	failPublicKey = 13
)

type messageBody struct {
	ID        string  `json:"message_id"`
	Event     string  `json:"encoded_message_create_event"`
	Signature string  `json:"encoded_message_event_signature"`
	Token     *string `json:"conversation_token"`
}

// postMessage takes a message. The same message once more is the same; another one under its id is refused and noted.
func (c *Chats) postMessage(in *xgate.Request) *serve.Answer {
	id, refused := c.inPath(in)
	if refused != nil {
		return refused
	}
	var body messageBody
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	message, signature, refused := c.readMessage(in, body)
	if refused != nil {
		return refused
	}
	t := c.talk(id)
	if before, isThere := t.posted[body.ID]; isThere {
		if before.bytes != body.Event+" "+body.Signature {
			return in.Malformed("message_id", body.ID, "message id %s was used before for another message", body.ID)
		}
		return taken(before.answer)
	}
	if kind := c.judge(in, t, body.ID, message, signature); kind != 0 {
		return taken(failure(body.ID, in.Account.ID, t, kind))
	}
	post := xchat.MessagePost{MessageID: body.ID, Event: body.Event, Signature: body.Signature}
	e := c.keepMessage(t, in.Account.ID, post)
	t.posted[body.ID] = posted{body.Event + " " + body.Signature, e.encoded}
	return taken(e.encoded)
}

func taken(encoded string) *serve.Answer {
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{"encoded_message_event": encoded}})
}

// readMessage reads the structures of a posted message and checks their form.
func (c *Chats) readMessage(in *xgate.Request, body messageBody) (wire.Message, *wire.Signature, *serve.Answer) {
	if !idPattern.MatchString(body.ID) {
		return wire.Message{}, nil, in.Malformed("message_id", body.ID, "message_id is not a UUID of version 4 in small letters")
	}
	create, err := padded(body.Event)
	if err != nil {
		return wire.Message{}, nil, in.Malformed("encoded_message_create_event", "", "encoded_message_create_event is not padded base64")
	}
	sign, err := padded(body.Signature)
	if err != nil {
		return wire.Message{}, nil, in.Malformed("encoded_message_event_signature", "", "encoded_message_event_signature is not padded base64")
	}
	e, err := wire.ParseEvent(append(append([]byte{0x0c, 0, 7, 0x0c, 0, 1}, create...), 0, 0))
	if err != nil || e.Detail.Kind != wire.KindMessage || !e.Detail.Message.IsEncrypted || len(e.Detail.Message.Contents) < 24+16+3 {
		return wire.Message{}, nil, in.Malformed("encoded_message_create_event", "", "encoded_message_create_event is no encrypted MessageCreateEvent")
	}
	s, err := wire.ParseEvent(append(append([]byte{0x0c, 0, 9}, sign...), 0))
	if err != nil || s.Signature == nil || s.Signature.Version != "7" || s.Signature.KeyVersion == "" {
		return wire.Message{}, nil, in.Malformed("encoded_message_event_signature", "", "encoded_message_event_signature is no signature of version 7 that names its key")
	}
	return e.Detail.Message, s.Signature, nil
}

// judge says with which failure X refuses a message; 0 for none.
func (c *Chats) judge(in *xgate.Request, t *talk, id string, m wire.Message, s *wire.Signature) int32 {
	account := in.Account.ID
	record, ok := c.Signer(account, s.KeyVersion)
	if !ok {
		return failPublicKey
	}
	err := verify(record.Signing(), s.Signature, "MessageCreateEvent", id, account, string(t.id), m.KeyVersion, unpadded(m.Contents))
	if err != nil {
		in.Violation("%v", err)
		return failSignature
	}
	if len(c.options.Failures) > 0 {
		next := c.options.Failures[0]
		c.options.Failures = c.options.Failures[1:]
		if next != 0 {
			return next
		}
	}
	peer := c.people[t.id.Peer(account)]
	switch {
	case t.key == "" || m.KeyVersion != t.key:
		return failOldKey
	case peer == nil || t.wrapped[peer.id] != peer.newest().record.Version():
		return failNewPerson
	}
	return 0
}

func failure(id, sender string, t *talk, kind int32) string {
	detail := []byte{0x0c, 0, 5, 0x08, 0, 1, 0, 0, 0, byte(kind), 0, 0}
	e := wire.Event{MessageID: id, SenderID: sender, ConversationID: string(t.id), CreatedAt: "1795020983370"}
	return base64.StdEncoding.EncodeToString(e.Encode(detail))
}

type keysBody struct {
	Version      string             `json:"conversation_key_version"`
	Participants []xchat.WrappedKey `json:"conversation_participant_keys"`
	Signatures   []struct {
		ID        string `json:"message_id"`
		Detail    string `json:"encoded_message_event_detail"`
		Signature struct {
			Signature string  `json:"signature"`
			Version   string  `json:"public_key_version"`
			Form      string  `json:"signature_version"`
			Signing   *string `json:"signing_public_key"`
		} `json:"message_event_signature"`
	} `json:"action_signatures"`
}

// postKeys takes a new key of a conversation of two.
func (c *Chats) postKeys(in *xgate.Request) *serve.Answer {
	id, refused := c.inPath(in)
	if refused != nil {
		return refused
	}
	var body keysBody
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	t := c.talk(id)
	why := c.checkKeys(in, t, body)
	if why != "" {
		return in.Malformed("action_signatures", "", "%s", why)
	}
	peer := c.people[id.Peer(in.Account.ID)]
	key, err := peer.newest().private.Unwrap(wrappedFor(body, peer.id))
	if err != nil {
		return in.Malformed("conversation_participant_keys", "", "the key does not open for the other side: %v", err)
	}
	s := body.Signatures[0]
	record, ok := c.Signer(in.Account.ID, s.Signature.Version)
	if !ok {
		return in.Malformed("public_key_version", s.Signature.Version, "the account has no key of version %s", s.Signature.Version)
	}
	err = verify(record.Signing(), s.Signature.Signature, "ConversationKeyChangeEvent", s.ID, in.Account.ID, string(id), body.Version, unpadded(key.Reveal()))
	if err != nil {
		return in.Malformed("signature", "", "the change of keys: %v", err)
	}
	post := xchat.KeysPost{Version: body.Version, Participants: body.Participants, Signatures: []xchat.ActionSignature{{
		MessageID: s.ID, Detail: s.Detail, Signature: xchat.SignedForm{Signature: s.Signature.Signature, KeyVersion: s.Signature.Version, Version: s.Signature.Form},
	}}}
	e := c.takeKey(t, in.Account.ID, post, key)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"conversation_id": id.Path(), "sequence_id": e.sequence}})
}

func wrappedFor(body keysBody, id string) string {
	for _, p := range body.Participants {
		if p.UserID == id {
			return p.Wrapped
		}
	}
	return ""
}

// checkKeys says what is wrong with the form of a change of keys.
func (c *Chats) checkKeys(in *xgate.Request, t *talk, body keysBody) string {
	if len(body.Signatures) != 1 || !idPattern.MatchString(body.Signatures[0].ID) || body.Signatures[0].Signature.Form != "7" {
		return "there is not exactly one action signature of version 7 with a UUID"
	}
	if !keys.IsVersion(body.Version) || keys.CompareVersions(body.Version, t.key) <= 0 {
		return "the version of the key is not a number above the last one"
	}
	if len(body.Participants) != 2 {
		return "the key is not for exactly the two who talk"
	}
	for _, id := range []string{in.Account.ID, t.id.Peer(in.Account.ID)} {
		if why := c.checkCopy(body, id); why != "" {
			return why
		}
	}
	detail, err := padded(body.Signatures[0].Detail)
	if err != nil {
		return "encoded_message_event_detail is not padded base64"
	}
	e, err := wire.ParseEvent(append(append([]byte{0x0c, 0, 7}, detail...), 0))
	if err != nil || e.Detail.Kind != wire.KindKeyChange || e.Detail.KeyChange.Version != body.Version || len(e.Detail.KeyChange.Participants) != 2 {
		return "encoded_message_event_detail is not the same change of keys"
	}
	for _, p := range e.Detail.KeyChange.Participants {
		if wrappedFor(body, p.UserID) != p.Wrapped {
			return "encoded_message_event_detail has other copies of the key"
		}
	}
	return ""
}

// wrappedSize is how long a wrapped key is, in bytes.
const wrappedSize = 113

func (c *Chats) checkCopy(body keysBody, id string) string {
	p := c.people[id]
	if p == nil {
		return "user " + id + " has no keys"
	}
	for _, one := range body.Participants {
		raw, err := padded(one.Wrapped)
		switch {
		case one.UserID != id:
		case err != nil || len(raw) != wrappedSize:
			return "the copy of the key for " + id + " is not base64 of 113 bytes"
		case one.KeyVersion != p.newest().record.Version():
			return "the copy of the key for " + id + " is for version " + one.KeyVersion + ", which is not the newest"
		default:
			return ""
		}
	}
	return "there is no copy of the key for " + id
}
