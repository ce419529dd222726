package xsealed

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"perch/bridge/xchat/thrift"
	"perch/bridge/xchat/wire"
)

// talk is the conversation of two people.
type talk struct {
	id, token string
	events    []*Event // all but the changes of keys, oldest first
	changes   []*change
	// posted are the messages that came by the API, by sender and message id.
	posted map[[2]string]posted
	// askedOf is who has not accepted the other one, for whom the messages are a request; "" for nobody.
	askedOf string
	// distrusted is whose messages are not taken, because the other one has not accepted them.
	distrusted string
	// isWithholding keeps new changes of keys from everybody but the customers.
	isWithholding bool
	updated       time.Time
}

// Event is something that happened in a conversation.
type Event struct {
	SequenceID, MessageID, PreviousID string
	// Conversation is in the canonical form.
	SenderID, Conversation string
	At                     time.Time
	// Encoded is the event as X gives it; base64.
	Encoded string
	// ByAPI is set for what a client sent.
	ByAPI bool

	kind      wire.Kind
	version   string // of the conversation's key
	detail    []byte
	signature *signature
	isTrusted bool
	isHidden  bool   // from lists
	hiddenFor string // whom
	reading   *Reading
}

// signature is a MessageEventSignature; public is the key that it carries along.
type signature struct{ text, keyVersion, version, public string }

// change is a key of a conversation.
type change struct {
	version  string
	event    *Event
	key      []byte
	wrapped  map[string]string // to which version of whose record
	isHidden bool
	post     string // as it came by the API
}

// find finds a conversation; nil when there is none.
func (x *Chats) find(id string) *talk { return x.talks[id] }

func (x *Chats) talk(a, b string) *talk {
	id := pairID(a, b)
	if x.talks[id] == nil {
		raw := make([]byte, 24)
		_, _ = rand.Read(raw) // never fails
		x.talks[id] = &talk{id: id, posted: map[[2]string]posted{}, token: "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(raw)}
	}
	return x.talks[id]
}

func (t *talk) latest() *change {
	if len(t.changes) == 0 {
		return nil
	}
	return t.changes[len(t.changes)-1]
}

func (t *talk) change(version string) *change {
	for _, c := range t.changes {
		if c.version == version {
			return c
		}
	}
	return nil
}

func (t *talk) event(sequenceID string) *Event {
	for _, e := range t.events {
		if e.SequenceID == sequenceID {
			return e
		}
	}
	return nil
}

// sequenceOf is the sequence id of a message that a test names.
func (t *talk) sequenceOf(messageID string) string {
	for _, e := range t.events {
		if e.MessageID == messageID {
			return e.SequenceID
		}
	}
	panic("xsealed: there is no message " + messageID) // a mistake of the test
}

// tokenOf is the token of a conversation, where X gives one.
func (x *Chats) tokenOf(t *talk) string {
	if x.options.NoToken {
		return ""
	}
	return t.token
}

// stamp gives an event its place and its encoded form.
func (x *Chats) stamp(t *talk, e *Event) *Event {
	e.SequenceID, e.At, e.Conversation = x.NewID(), x.Now(), t.id
	if n := len(t.events); n > 0 {
		e.PreviousID = t.events[n-1].SequenceID
	}
	e.isTrusted = !x.options.Requests && (t.askedOf == "" || t.askedOf == e.SenderID)
	e.encode(x.tokenOf(t))
	return e
}

// keep stamps an event and adds it to the conversation.
func (x *Chats) keep(t *talk, e *Event) *Event {
	x.stamp(t, e)
	t.events = append(t.events, e)
	t.updated = e.At
	return e
}

// encode writes the MessageEvent.
func (e *Event) encode(token string) {
	var w thrift.Writer
	w.OptionalText(1, e.SequenceID)
	w.OptionalText(2, e.MessageID)
	w.OptionalText(3, e.SenderID)
	w.OptionalText(4, e.Conversation)
	w.OptionalText(5, token)
	w.Text(6, decimal(e.At.UnixMilli()))
	if e.detail != nil {
		w.Raw(7, e.detail)
	}
	w.I32(8, 0)
	if s := e.signature; s != nil {
		var inner thrift.Writer
		inner.Text(1, s.text)
		inner.Text(2, s.keyVersion)
		inner.Text(3, s.version)
		inner.OptionalText(4, s.public)
		w.Raw(9, inner.Done())
	}
	w.OptionalText(10, e.PreviousID)
	w.Bool(11, e.isTrusted)
	e.Encoded = b64(w.Done())
}

// union writes a structure with one member, which is a structure.
func union(member int16, structure []byte) []byte {
	var w thrift.Writer
	w.Raw(member, structure)
	return w.Done()
}
