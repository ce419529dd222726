package payload

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xchat"
)

// chat is an event of X Chat (X docs: activity event payloads). Everything in it but the encoded events is X's word alone.
type chat struct {
	ID           loose.ID   `json:"id"`
	SenderID     loose.ID   `json:"sender_id"`
	CreatedAtMS  loose.Time `json:"created_at_msec"`
	CreatedAt    loose.Time `json:"created_at"`
	Conversation loose.ID   `json:"conversation_id"`
	Token        loose.Text `json:"conversation_token"`
	Event        loose.Text `json:"encoded_event"`
	KeyChange    loose.Text `json:"conversation_key_change_event"`
	// Wrapped is an older name of KeyChange.
	Wrapped loose.Text `json:"encrypted_conversation_key"`
}

// chat reads an event of X Chat as far as that goes without keys. What only a machine has a use for is counted. That a
// customer wrote is told even if X gives nothing of the message.
func (p *parser) chat(forUser string, isReceived bool, payload json.RawMessage) {
	var c chat
	if !p.element(forUser, "encrypted message", payload, &c) {
		return
	}
	inside, isRead := xchat.Peek(string(c.Event))
	switch {
	case c.Event == "" && c.change() != "":
		p.keyChange(forUser, c)
	case isRead && isKept(inside.What):
		p.sealed(forUser, c, idOf(inside), inside.Meta)
	case isRead && inside.What != "unknown" && inside.What != "empty":
		p.ignore("chat_"+strings.ReplaceAll(inside.What, " ", "_"), 1)
		p.beside(forUser, c)
	case c.Event == "" && !isReceived:
		p.ignore("chat_empty", 1)
	default:
		p.sealed(forUser, c, "", xchat.Meta{})
	}
}

// isKept reports whether a kind of event is for people or for the keys.
func isKept(what string) bool {
	return what == xchat.PeekMessage || what == xchat.PeekDelete || what == xchat.PeekKeyChange || what == xchat.PeekFailure
}

// idOf is the id of an event that is kept; "" for none.
func idOf(inside xchat.Peeked) string {
	switch inside.What {
	case xchat.PeekKeyChange:
		return prefixed(bridge.KeyChangeID, inside.MessageID)
	case xchat.PeekFailure:
		return prefixed(bridge.ChatFailureID, inside.MessageID)
	}
	return messageID(inside.MessageID)
}

// change is what brings the conversation's key.
func (c *chat) change() string {
	change := cmp.Or(string(c.KeyChange), string(c.Wrapped))
	if _, isEvent := xchat.Peek(change); !isEvent {
		return string(c.KeyChange) // the older name is used for the wrapped key alone too
	}
	return change
}

// beside keeps the change of keys that comes with something that is ignored.
func (p *parser) beside(forUser string, c chat) {
	if c.change() != "" {
		p.keyChange(forUser, c)
	}
}

// keyChange reads a payload that brings a key and nothing else.
func (p *parser) keyChange(forUser string, c chat) {
	c.Event = ""
	inside, _ := xchat.Peek(c.change())
	p.sealed(forUser, c, prefixed(bridge.KeyChangeID, inside.MessageID), inside.Meta)
}

// prefixed is an id that is shared with no message; "" for none.
func prefixed(prefix, messageID string) string {
	if messageID == "" {
		return ""
	}
	return prefix + messageID
}

// messageID is the id of a message, which its sender has chosen: never one that looks like that of a change of keys, or like
// another that Perch makes itself (bridge.UnreadableID).
func messageID(chosen string) string {
	if strings.Contains(chosen, ":") {
		return "~" + chosen
	}
	return chosen
}

// sealed keeps an event as it came, under the ids inside of it where there are such.
func (p *parser) sealed(forUser string, c chat, id string, inside xchat.Meta) {
	id, sender := firstThat(isID, id, string(c.ID)), firstThat(isNumber, inside.SenderID, string(c.SenderID))
	if !isID(id) || !isNumber(sender) {
		p.unreadable(forUser, "its encrypted message has no id or no sender")
		return
	}
	e := bridge.Event{
		Kind: bridge.KindEncrypted, ForUser: forUser, XID: loose.Clean(id), From: bridge.Person{ID: sender}, To: bridge.Person{ID: c.peer(sender, inside)},
		CreatedAt: firstTime(inside.CreatedAt, c.CreatedAtMS.Time, c.CreatedAt.Time),
	}
	if c.Event != "" || c.change() != "" {
		e.Sealed = &bridge.Sealed{
			Conversation: string(c.Conversation), Sender: string(c.SenderID), Event: string(c.Event), KeyChange: c.change(), Token: string(c.Token),
		}
	}
	p.Events = append(p.Events, e)
}

// peer is the other one of two who talk; "" where that is not known.
func (c *chat) peer(sender string, inside xchat.Meta) string {
	conversation := inside.Conversation
	if conversation == "" {
		conversation, _ = xchat.ParseConversation(string(c.Conversation), "")
	}
	return conversation.Peer(sender)
}

// firstThat is the first text that is of a kind; "" when none is.
func firstThat(is func(string) bool, texts ...string) string {
	for _, text := range texts {
		if is(text) {
			return text
		}
	}
	return ""
}

func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if t = loose.Sane(t); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
