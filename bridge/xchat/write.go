package xchat

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// Writer makes the events of one account.
type Writer struct {
	// OwnID is the account's user id.
	OwnID string
	// Keys are its private keys, KeyVersion is the version of the record that they belong to.
	Keys       keys.Private
	KeyVersion string
}

// Thread is where to write: a conversation, its key to write with, and X's token of it if one is known.
type Thread struct {
	Conversation ConversationID
	Key          keys.Conversation
	KeyVersion   string
	Token        string
}

// MessagePost is what is posted to /2/chat/conversations/:id/messages. To post it again is the same message.
type MessagePost struct {
	MessageID string `json:"message_id"`
	Event     string `json:"encoded_message_create_event"`
	Signature string `json:"encoded_message_event_signature"`
	Token     string `json:"conversation_token,omitempty"`
}

var (
	// ErrThread says that a conversation cannot be written to by this account, or that its key is missing.
	ErrThread = errors.New("the account takes no part in this conversation, or its key is missing")
	// ErrTarget says that the message that is to be answered, changed or deleted cannot be named.
	ErrTarget = errors.New("the message that this is about has no sequence id, or is not known")
)

// React puts an emoji to a message, or takes it back.
func (w *Writer) React(t Thread, target, emoji string, isRemoved bool) (MessagePost, error) {
	kind := wire.EntryReaction
	if isRemoved {
		kind = wire.EntryReactionRemove
	}
	if !keys.IsVersion(target) || emoji == "" {
		return MessagePost{}, ErrTarget
	}
	return w.Seal(t, wire.Entry{Kind: kind, Reaction: wire.Reaction{SequenceID: target, Emoji: emoji}})
}

// Edit gives one of the account's own messages a new text.
func (w *Writer) Edit(t Thread, target, text string) (MessagePost, error) {
	if !keys.IsVersion(target) {
		return MessagePost{}, ErrTarget
	}
	if err := checkText(text); err != nil {
		return MessagePost{}, err
	}
	return w.Seal(t, wire.Entry{Kind: wire.EntryEdit, Edit: wire.Edit{SequenceID: target, Text: text}})
}

// Seal encrypts and signs any content; Message, React and Edit do so with theirs.
func (w *Writer) Seal(t Thread, entry wire.Entry) (MessagePost, error) {
	if !t.Conversation.Has(w.OwnID) || !keys.IsVersion(t.KeyVersion) || t.Key.IsZero() {
		return MessagePost{}, ErrThread
	}
	contents, err := t.Key.Seal(entry.Encode())
	if err != nil {
		return MessagePost{}, err
	}
	message := wire.Message{Contents: contents, KeyVersion: t.KeyVersion, IsEncrypted: true}
	e := w.frame(t.Conversation, wire.Detail{Kind: wire.KindMessage, Message: message})
	signature, err := w.sign(messagePayload(e))
	if err != nil {
		return MessagePost{}, err
	}
	encode := base64.StdEncoding.EncodeToString
	return MessagePost{MessageID: e.MessageID, Event: encode(message.Encode()), Signature: encode(signature.Encode()), Token: t.Token}, nil
}

// frame makes the event that is signed, with a message id of its own.
func (w *Writer) frame(id ConversationID, detail wire.Detail) wire.Event {
	return wire.Event{MessageID: NewID(), SenderID: w.OwnID, ConversationID: string(id), Detail: detail}
}

func (w *Writer) sign(text []byte) (wire.Signature, error) {
	if text == nil || !keys.IsVersion(w.KeyVersion) {
		return wire.Signature{}, ErrThread
	}
	raw, err := w.Keys.Sign(text)
	return wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(raw), KeyVersion: w.KeyVersion, Version: signatureVersion}, err
}

// NewID makes the id of a message or an attachment: a UUID of version 4 in small letters. A sender chooses its own.
func NewID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // it never fails: a system that has no random bytes ends the program
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
