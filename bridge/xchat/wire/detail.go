package wire

import "perch/bridge/xchat/thrift"

// Kind is what an event is: the member of the union MessageEventDetail.
type Kind int16

// The kinds of events.
const (
	KindNone               Kind = 0
	KindMessage            Kind = 1
	KindKeyChange          Kind = 3
	KindGroup              Kind = 4
	KindFailure            Kind = 5
	KindTyping             Kind = 6
	KindDelete             Kind = 7
	KindConversationDelete Kind = 8
	KindMetadata           Kind = 9
	KindGrok               Kind = 10
	KindRead               Kind = 12
	KindUnread             Kind = 13
	KindAccountDelete      Kind = 14
)

// Detail is a MessageEventDetail. Of the structures, the one that Kind names is filled; for other kinds than these, none.
type Detail struct {
	Kind      Kind
	Message   Message
	KeyChange KeyChange
	Failure   Failure
	Delete    Delete
}

// Message is a MessageCreateEvent. Its other fields are read, so that a message whose frame is damaged is found out, and not
// kept.
type Message struct {
	// Contents is the box, or plain where KeyVersion is "". It shares memory with what was parsed.
	Contents []byte
	// KeyVersion names the conversation's key; IsEncrypted tells an empty name from none.
	KeyVersion  string
	IsEncrypted bool
	// IsRequest says that the receiver has not accepted the sender.
	IsRequest bool
}

// KeyChange is a ConversationKeyChangeEvent.
type KeyChange struct {
	// Version is the new key's.
	Version string
	// Participants have a copy of the key each.
	Participants []ParticipantKey
}

// ParticipantKey is a conversation's key, wrapped for one participant's identity key of that version.
type ParticipantKey struct{ UserID, Wrapped, KeyVersion string }

// Failure is a MessageFailureEvent: X did not take a message.
type Failure struct{ Type, Tier int32 }

// Delete is a MessageDeleteEvent.
type Delete struct {
	SequenceIDs []string
	// Action is 1 for the sender's own view, 2 for everybody.
	Action int32
}

func readDetail(v thrift.Value) (d Detail) {
	d.Kind = Kind(union(v, func(id int16, v thrift.Value) {
		switch Kind(id) {
		case KindMessage:
			v.Struct(d.Message.field)
		case KindKeyChange:
			v.Struct(d.KeyChange.field)
		case KindFailure:
			v.Struct(d.Failure.field)
		case KindDelete:
			v.Struct(d.Delete.field)
		}
	}))
	return d
}

func (m *Message) field(id int16, v thrift.Value) {
	switch id {
	case 100:
		m.Contents = v.Bytes()
	case 101:
		m.KeyVersion, m.IsEncrypted = v.Text(), true
	case 102, 105: // to notify, a key that waits
		v.Bool()
	case 103, 104: // when it vanishes, when it was delivered
		v.I64()
	case 106: // how urgent it is
		v.I32()
	case 107: // what to do where the key is missing
		v.List(func(v thrift.Value) { v.I32() })
	case 108: // for complaints about it
		v.Struct(func(int16, thrift.Value) {})
	case 109:
		m.IsRequest = v.Bool()
	}
}

func (c *KeyChange) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		c.Version = v.Text()
	case 2:
		c.Participants = nil
		v.List(func(v thrift.Value) {
			var p ParticipantKey
			v.Struct(p.field)
			c.Participants = append(c.Participants, p)
		})
	case 5: // whether it replaces another
		v.Bool()
	}
}

func (p *ParticipantKey) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		p.UserID = v.Text()
	case 2:
		p.Wrapped = v.Text()
	case 3:
		p.KeyVersion = v.Text()
	}
}

func (f *Failure) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		f.Type = v.I32()
	case 2:
		f.Tier = v.I32()
	}
}

func (d *Delete) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		d.SequenceIDs = nil
		v.List(func(v thrift.Value) { d.SequenceIDs = append(d.SequenceIDs, v.Text()) })
	case 2:
		d.Action = v.I32()
	}
}
