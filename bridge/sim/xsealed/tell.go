package xsealed

import (
	"strings"

	"perch/bridge/sim/xstate"
)

// tell makes the activity events of what happened: chat.received for the one, chat.sent for the other. Of a message request
// X tells nothing.
func (x *Chats) tell(t *talk, e *Event) {
	to := other(t.id, e.SenderID)
	if x.FindAccount(to) != nil && t.askedOf != to && e.hiddenFor != to && !x.options.Silent {
		x.TellChat("chat.received", to, e.MessageID, e.At, x.payload(t, e))
	}
	if x.FindAccount(e.SenderID) != nil && (!e.ByAPI || x.Options().Echo) {
		x.TellChat("chat.sent", e.SenderID, e.MessageID, e.At, x.payload(t, e))
	}
}

// payload is what X says of an event. The id of the conversation has one of three forms, in turn.
func (x *Chats) payload(t *talk, e *Event) map[string]any {
	a, b, _ := strings.Cut(t.id, ":")
	forms := []string{a + ":" + b, b + ":" + a, a + "-" + b}
	p := map[string]any{
		"id": e.MessageID, "created_at_msec": xstate.Milli(e.At), "sender_id": e.SenderID, "conversation_id": forms[x.told%len(forms)],
		"encoded_event": e.Encoded,
	}
	if token := x.tokenOf(t); token != "" {
		p["conversation_token"] = token
	}
	x.told++
	if s := e.signature; s != nil {
		p["message_event_signature"] = map[string]any{
			"public_key_version": s.keyVersion, "signature": s.text, "signature_version": s.version, "signing_public_key": s.public,
		}
	}
	if e.version != "" {
		p["conversation_key_version"] = e.version
		if c := t.change(e.version); c != nil && x.carries(t, c, e) {
			p["conversation_key_change_event"] = c.event.Encoded
		}
	}
	return p
}

// carries reports whether an event brings the change of keys along.
func (x *Chats) carries(t *talk, c *change, e *Event) bool {
	if x.isHidden(c) {
		return false
	}
	for _, earlier := range t.events {
		if earlier.version == c.version {
			return earlier == e || !x.options.OnceChanges
		}
	}
	return true
}

// isHidden reports whether X keeps a change of keys to itself.
func (x *Chats) isHidden(c *change) bool { return c.isHidden || x.options.HideChanges }
