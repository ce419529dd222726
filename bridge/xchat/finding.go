package xchat

import (
	"time"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// Finding is what Open found in an event. It is exactly one of: *Message, *Edit, *Reaction, *Delete, *Notice (each
// verified), *KeyChange, *Failure, *Plain, *Ignored, *Waiting, *Refused.
type Finding interface {
	// About returns where the event belongs and who is said to have sent it.
	About() Meta
	finding()
}

// Meta is the frame of an event. In what is verified, Conversation, SenderID, MessageID and the two versions are signed;
// everything else, and everything in what is not verified, is only said.
type Meta struct {
	Conversation        ConversationID
	SenderID, MessageID string
	SequenceID          string
	PreviousID          string // the sequence id of the event before
	Token               string // to be sent with the next message
	CreatedAt           time.Time
	KeyVersion          string // of the conversation's key
	SignerVersion       string // of the sender's record
	IsOwn               bool   // the account has sent it itself
	IsRequest           bool   // X says that the account has not accepted the sender
}

// About implements Finding.
func (m Meta) About() Meta { return m }

// Content is what a message holds.
type Content struct {
	Text string
	// Attachments are files, to be fetched and decrypted with the conversation's key of Meta.KeyVersion, and links.
	Attachments []wire.Attachment
	// Forwarded is the text of a message that the sender passed on, as the sender tells it.
	Forwarded string
	// Choice is what the sender chose of offered answers; nil if nothing.
	Choice *wire.Choice
	// Buttons are links with words.
	Buttons []wire.Button
}

// Message is a verified message.
type Message struct {
	Meta
	Content
	// Reply is nil unless the message answers another.
	Reply *Reply
}

// Reply says which message another one answers.
type Reply struct {
	// MessageID and SequenceID are what the reply's sender says.
	MessageID, SequenceID string
	// Quote is nil unless the answered message came along and has been verified like any other.
	Quote *Quote
}

// Quote is a verified message, which a reply answers.
type Quote struct {
	SenderID, MessageID string
	// Content is the message's own, whole; with the new text, if it was edited.
	Content
}

// Edit is a verified new text for a message of the same sender.
type Edit struct {
	Meta
	// Target is the sequence id of the edited message.
	Target, Text string
}

// Reaction is a verified emoji to a message, or that it was taken back.
type Reaction struct {
	Meta
	// Target is the sequence id of the message.
	Target, Emoji string
	IsRemoved     bool
}

// Delete is a verified wish to delete messages. That they are the sender's own is not known here.
type Delete struct {
	Meta
	SequenceIDs []string
	// ForAll is false when the sender only cleared the own view.
	ForAll bool
}

// Notice is a verified fact that is no message: a call, a picture taken of the screen.
type Notice struct {
	Meta
	Kind wire.EntryKind
}

// KeyChange is a key of a conversation that opened with the account's own keys.
type KeyChange struct {
	Meta
	key        keys.Conversation
	isVerified bool
	// Missing is what is needed to verify it, where that is not known; the zero Need otherwise.
	Missing Need
}

// Reading returns the key, to open messages with. A key that is not verified must not replace one that is there.
func (k *KeyChange) Reading() keys.Conversation { return k.key }

// Sending returns the key if the change was verified. Only then may messages be written with it, and only if its version
// (Meta.KeyVersion) is above all that were verified before.
func (k *KeyChange) Sending() (keys.Conversation, bool) {
	if !k.isVerified {
		return keys.Conversation{}, false
	}
	return k.key, true
}

// Failure is X's word that it did not take a message. Nobody signs it: it counts in X's answer to that message only.
type Failure struct {
	Meta
	Type FailureType
	Tier Tier
}

// Plain is a message that was not encrypted. Nobody has signed it; X alone says who sent it. It must be shown as such.
type Plain struct {
	Meta
	Unverified Content
}

// Ignored is something that is not for people: typing, marks, members, settings, and what this package does not know.
type Ignored struct {
	Meta
	// What names it, for counting. It holds nothing of the event.
	What string
}

// Need is what an event waits for.
type Need struct {
	// SignerID and SignerVersion name a user's record, KeyVersion a key of the conversation; each may be "".
	SignerID, SignerVersion, KeyVersion string
}

// Waiting is an event that can be opened once what it needs is there. Nothing of it is known yet.
type Waiting struct {
	Meta
	Need Need
}

// Refused is an event that will never be shown. It holds no words of it.
type Refused struct {
	Meta
	Reason Reason
}

func (*Message) finding()   {}
func (*Edit) finding()      {}
func (*Reaction) finding()  {}
func (*Delete) finding()    {}
func (*Notice) finding()    {}
func (*KeyChange) finding() {}
func (*Failure) finding()   {}
func (*Plain) finding()     {}
func (*Ignored) finding()   {}
func (*Waiting) finding()   {}
func (*Refused) finding()   {}
