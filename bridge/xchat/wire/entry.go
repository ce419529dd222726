package wire

import "perch/bridge/xchat/thrift"

// EntryKind is what is inside a message: the member of the union MessageEntryContents.
type EntryKind int16

// What can be inside a message.
const (
	EntryNone           EntryKind = 0
	EntryText           EntryKind = 1
	EntryReaction       EntryKind = 2
	EntryReactionRemove EntryKind = 3
	EntryEdit           EntryKind = 4
	EntryRead           EntryKind = 5
	EntryUnread         EntryKind = 6
	EntryPin            EntryKind = 7
	EntryUnpin          EntryKind = 8
	EntryScreenCapture  EntryKind = 9
	EntryCallEnded      EntryKind = 10
	EntryCallMissed     EntryKind = 11
	EntryDraft          EntryKind = 12
	EntryAcceptRequest  EntryKind = 13
	EntryNickname       EntryKind = 14
	EntryVerifiedStatus EntryKind = 15
	EntryCallStarted    EntryKind = 16
)

// Entry is what a message says, once it is decrypted: a MessageEntryHolder. Of the structures, the one that Kind names is
// filled; for other kinds than these, none.
type Entry struct {
	Kind     EntryKind
	Text     Text
	Reaction Reaction
	Edit     Edit
}

// Reaction is an emoji to a message, set or taken back.
type Reaction struct{ SequenceID, Emoji string }

// Edit is a new text for a message.
type Edit struct{ SequenceID, Text string }

// ParseEntry reads what is inside a message.
func ParseEntry(raw []byte) (Entry, error) {
	var e Entry
	err := read(raw, func(id int16, v thrift.Value) {
		if id == 1 {
			e.Kind = EntryKind(union(v, e.member))
		}
	})
	return e, err
}

func (e *Entry) member(id int16, v thrift.Value) {
	switch EntryKind(id) {
	case EntryText:
		v.Struct(e.Text.field)
	case EntryReaction, EntryReactionRemove:
		v.Struct(pair(&e.Reaction.SequenceID, &e.Reaction.Emoji))
	case EntryEdit:
		v.Struct(pair(&e.Edit.SequenceID, &e.Edit.Text))
	}
}

// pair reads two texts, of the fields 1 and 2.
func pair(first, second *string) func(id int16, v thrift.Value) {
	return func(id int16, v thrift.Value) {
		switch id {
		case 1:
			*first = v.Text()
		case 2:
			*second = v.Text()
		}
	}
}

// first reads one text, of the field 1.
func first(text *string) func(id int16, v thrift.Value) {
	return func(id int16, v thrift.Value) {
		if id == 1 {
			*text = v.Text()
		}
	}
}

// Encode writes the entry: what is encrypted.
func (e Entry) Encode() []byte {
	var member, w thrift.Writer
	switch e.Kind {
	case EntryText:
		member.Raw(int16(e.Kind), e.Text.encode())
	case EntryReaction, EntryReactionRemove:
		member.Raw(int16(e.Kind), encodePair(e.Reaction.SequenceID, e.Reaction.Emoji))
	case EntryEdit:
		member.Raw(int16(e.Kind), encodePair(e.Edit.SequenceID, e.Edit.Text))
	}
	w.Raw(1, member.Done())
	return w.Done()
}

func encodePair(first, second string) []byte {
	var w thrift.Writer
	w.Text(1, first)
	w.Text(2, second)
	return w.Done()
}
