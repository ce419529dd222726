package xchat

import (
	"strconv"
	"time"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// Reader opens the events of one account. It may be used by several goroutines if its sources may.
type Reader struct {
	// OwnID is the account's user id.
	OwnID string
	// Keys are its private keys, KeyVersion is the version of the record that they belong to.
	Keys       keys.Private
	KeyVersion string
	// Signers and Conversations are what the caller knows.
	Signers       Signers
	Conversations ConversationKeys
}

// Origin is what X said of an event outside of it. What is "" was not said.
type Origin struct {
	// Conversation is an id in any form, SenderID a user id.
	Conversation, SenderID string
}

// Open reads an event as X gives it (encoded_event, conversation_key_change_event, meta.conversation_key_events): base64.
func (r *Reader) Open(encoded string, from Origin) Finding {
	raw, err := decodeEvent(encoded)
	if err != nil {
		return &Refused{Reason: Malformed}
	}
	e, err := wire.ParseEvent(raw)
	if err != nil {
		return &Refused{Reason: Malformed}
	}
	m, reason := r.meta(e, from)
	if reason != 0 {
		return &Refused{Meta: m, Reason: reason}
	}
	return r.open(e, m)
}

// meta reads the frame and holds it against what X said outside of it.
func (r *Reader) meta(e wire.Event, from Origin) (Meta, Reason) {
	m := Meta{
		SenderID: e.SenderID, MessageID: e.MessageID, SequenceID: e.SequenceID, PreviousID: e.PreviousID, Token: e.Token,
		CreatedAt: milliseconds(e.CreatedAt), IsOwn: e.SenderID == r.OwnID && r.OwnID != "", IsRequest: !e.IsTrusted || e.Detail.Message.IsRequest,
	}
	if e.Signature != nil {
		m.SignerVersion = e.Signature.KeyVersion
	}
	var err error
	if m.Conversation, err = ParseConversation(e.ConversationID, ""); err != nil {
		return m, Malformed
	}
	if from.Conversation != "" {
		said, err := ParseConversation(from.Conversation, r.OwnID)
		if err != nil || said != m.Conversation {
			return m, WrongConversation
		}
	}
	switch {
	case from.SenderID != "" && from.SenderID != e.SenderID:
		return m, WrongConversation
	case !m.Conversation.Has(e.SenderID):
		return m, NotParticipant
	}
	return m, 0
}

func (r *Reader) open(e wire.Event, m Meta) Finding {
	switch e.Detail.Kind {
	case wire.KindMessage:
		return r.message(e, m)
	case wire.KindKeyChange:
		return r.keyChange(e, m)
	case wire.KindDelete:
		return r.delete(e, m)
	case wire.KindFailure:
		f := e.Detail.Failure
		return &Failure{Meta: m, Type: FailureType(f.Type), Tier: Tier(f.Tier)}
	}
	return &Ignored{Meta: m, What: kindName(e.Detail.Kind)}
}

func (r *Reader) delete(e wire.Event, m Meta) Finding {
	if stop := r.verify(e, m, deletePayload(e), ""); stop != nil {
		return stop
	}
	const forSelf, forAll = 1, 2
	d := e.Detail.Delete
	if d.Action != forSelf && d.Action != forAll {
		return &Ignored{Meta: m, What: "deletion of unknown kind"}
	}
	return &Delete{Meta: m, SequenceIDs: d.SequenceIDs, ForAll: d.Action == forAll}
}

// latest is the last time that is believed (milliseconds since 1970): the year 2100.
const latest = 4102444800000

func milliseconds(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > latest {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

func kindName(kind wire.Kind) string {
	names := map[wire.Kind]string{
		wire.KindNone: "empty", wire.KindGroup: "group", wire.KindTyping: "typing", wire.KindConversationDelete: "conversation deleted",
		wire.KindMetadata: "settings", wire.KindGrok: "search", wire.KindRead: "read", wire.KindUnread: "unread", wire.KindAccountDelete: "account deleted",
	}
	if name, ok := names[kind]; ok {
		return name
	}
	return "unknown"
}
