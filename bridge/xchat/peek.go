package xchat

import "perch/bridge/xchat/wire"

// What Peek says of the events that Open does more with than to ignore them.
const (
	PeekMessage   = "message"
	PeekKeyChange = "key change"
	PeekDelete    = "delete"
	PeekFailure   = "failure"
)

// Peeked is what an event says of itself without any key. Nothing of it is verified.
type Peeked struct {
	Meta
	// What is one of the constants, or names what is ignored as Ignored.What does.
	What string
}

// Peek reads the frame of an event, within the same bounds as Open; false when it cannot be read. It is for sorting and
// for finding duplicates; nothing in it may be shown or trusted. The conversation is "" when its form is not known.
func Peek(encoded string) (Peeked, bool) {
	raw, err := decodeEvent(encoded)
	if err != nil {
		return Peeked{}, false
	}
	e, err := wire.ParseEvent(raw)
	if err != nil {
		return Peeked{}, false
	}
	meta, _ := (&Reader{}).meta(e, Origin{})
	meta.KeyVersion = e.Detail.Message.KeyVersion
	return Peeked{Meta: meta, What: peekName(e.Detail.Kind)}, true
}

func peekName(kind wire.Kind) string {
	switch kind {
	case wire.KindMessage:
		return PeekMessage
	case wire.KindKeyChange:
		return PeekKeyChange
	case wire.KindDelete:
		return PeekDelete
	case wire.KindFailure:
		return PeekFailure
	default:
		return kindName(kind)
	}
}
