package wire

import "perch/bridge/xchat/thrift"

// Event is a MessageEvent: the frame of everything that happens in a conversation. Of it, the signature covers
// MessageID, SenderID, ConversationID and parts of Detail, and nothing else.
type Event struct {
	// SequenceID orders the events of a conversation; PreviousID is that of the event before.
	SequenceID, PreviousID string
	// MessageID is made by the sender, and the same however often an event is sent.
	MessageID string
	// SenderID is a user id. ConversationID is in the form that was signed.
	SenderID, ConversationID string
	// Token is X's own mark of the conversation.
	Token string
	// CreatedAt is a time in milliseconds since 1970, in decimal.
	CreatedAt string
	// Relay is how it came: 0 live, 1 pulled, 2 from the old inbox, 3 rebound.
	Relay int32
	// IsTrusted is false where X says that the receiver has not accepted the sender.
	IsTrusted bool
	// Signature is nil when there is none.
	Signature *Signature
	// Detail is what happened.
	Detail Detail
}

// Signature is a MessageEventSignature. It names a key; the key itself, which it may carry too, is not read.
type Signature struct {
	// Signature is base64 without padding.
	Signature string
	// KeyVersion names the sender's public-key record; Version is that of the form of what is signed.
	KeyVersion, Version string
}

const (
	// wrapperEvent and wrapperBatch are members of the union Message, in which X's sockets wrap events.
	wrapperEvent, wrapperBatch = 1, 3
)

// ParseEvent reads an event, wrapped or not.
func ParseEvent(raw []byte) (Event, error) {
	e := Event{IsTrusted: true}
	if isWrapped(raw) {
		return e, read(raw, e.wrapped)
	}
	return e, read(raw, e.field)
}

// isWrapped tells the two apart: the first field of an event is a text, that of a wrapper a structure.
func isWrapped(raw []byte) bool {
	return len(raw) > 2 && raw[0] == byte(thrift.Struct) && raw[1] == 0 && (raw[2] == wrapperEvent || raw[2] == wrapperBatch)
}

// whole returns a structure without what follows its end.
func whole(raw []byte) ([]byte, error) {
	if len(raw) > MaxEvent {
		return nil, ErrSize
	}
	return thrift.Whole(raw)
}

// Bare returns an event without what it may be wrapped in. It shares memory with what it is given.
func Bare(raw []byte) ([]byte, error) {
	if !isWrapped(raw) {
		return whole(raw)
	}
	var event []byte
	err := read(raw, func(id int16, v thrift.Value) {
		if id == wrapperEvent {
			event = v.Raw()
		}
	})
	switch {
	case err != nil:
		return nil, err
	case event == nil:
		return nil, ErrUnion
	}
	return event, nil
}

func (e *Event) wrapped(id int16, v thrift.Value) {
	switch id {
	case wrapperEvent:
		v.Struct(e.field)
	case wrapperBatch:
		n := 0
		v.Struct(func(_ int16, v thrift.Value) {
			v.List(func(v thrift.Value) {
				if n++; n > 1 {
					v.Fail(ErrUnion)
					return
				}
				v.Struct(e.field)
			})
		})
	}
}

func (e *Event) field(id int16, v thrift.Value) {
	texts := [...]*string{1: &e.SequenceID, 2: &e.MessageID, 3: &e.SenderID, 4: &e.ConversationID, 5: &e.Token, 6: &e.CreatedAt, 10: &e.PreviousID}
	switch id {
	case 1, 2, 3, 4, 5, 6, 10:
		*texts[id] = v.Text()
	case 7:
		e.Detail = readDetail(v)
	case 8:
		e.Relay = v.I32()
	case 9:
		e.Signature = &Signature{}
		v.Struct(e.Signature.field)
	case 11:
		e.IsTrusted = v.Bool()
	}
}

func (s *Signature) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		s.Signature = v.Text()
	case 2:
		s.KeyVersion = v.Text()
	case 3:
		s.Version = v.Text()
	case 4: // the key itself, which proves nothing
		v.Text()
	}
}

// Encode writes the event. Detail is written from raw, since a signed detail may not be written anew.
func (e Event) Encode(detail []byte) []byte {
	var w thrift.Writer
	for id, text := range []string{e.SequenceID, e.MessageID, e.SenderID, e.ConversationID, e.Token, e.CreatedAt} {
		w.OptionalText(int16(id+1), text)
	}
	if detail != nil {
		w.Raw(7, detail)
	}
	if e.Signature != nil {
		w.Raw(9, e.Signature.Encode())
	}
	w.OptionalText(10, e.PreviousID)
	return w.Done()
}

// Encode writes the signature.
func (s Signature) Encode() []byte {
	var w thrift.Writer
	w.OptionalText(1, s.Signature)
	w.OptionalText(2, s.KeyVersion)
	w.OptionalText(3, s.Version)
	return w.Done()
}
