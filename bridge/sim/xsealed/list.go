package xsealed

import (
	"slices"
	"strings"
	"time"

	"perch/bridge/sim/xstate"
)

// Conversations are those of an account's inbox as X gives them, the one with the newest change first, and whether there are
// message requests, which are not among them. The caller holds the lock.
func (x *Chats) Conversations(own string) (list []map[string]any, hasRequests bool) {
	var shown []*talk
	for _, t := range x.talks {
		switch {
		case !t.has(own):
		case t.askedOf == own || x.options.Requests:
			hasRequests = true
		default:
			shown = append(shown, t)
		}
	}
	slices.SortFunc(shown, func(a, b *talk) int { return b.updated.Compare(a.updated) })
	for _, t := range shown {
		list = append(list, t.describe())
	}
	return list, hasRequests
}

// Conversation is one of an account's, also a request; nil when there is none. The caller holds the lock.
func (x *Chats) Conversation(id string) map[string]any {
	t := x.find(id)
	if t == nil {
		return nil
	}
	return t.describe()
}

func (t *talk) has(own string) bool {
	a, b, _ := strings.Cut(t.id, ":")
	return own == a || own == b
}

func (t *talk) describe() map[string]any {
	a, b, _ := strings.Cut(t.id, ":")
	first := t.updated
	if len(t.changes) > 0 {
		first = t.changes[0].event.At
	}
	return map[string]any{
		"id": Hyphened(t.id), "type": "direct", "participant_ids": []string{a, b}, "is_muted": false,
		"created_at": stamped(first), "updated_at": stamped(t.updated),
	}
}

func stamped(at time.Time) string { return at.UTC().Format(xstate.V2Time) }

// Listed is an event of a conversation, and the change of keys that brought its key; "" for none.
type Listed struct {
	Event     map[string]any
	KeyChange string
}

// EventsOf are the events of a conversation that an account may see, newest first; nil when there is no conversation. The
// caller holds the lock.
func (x *Chats) EventsOf(own, id string) ([]Listed, *Refusal) {
	t := x.find(id)
	if t == nil {
		return nil, &Refusal{Fault: none()}
	}
	var all []Listed
	for _, e := range slices.Backward(t.events) {
		if e.isHidden || e.hiddenFor == own {
			continue
		}
		one := Listed{Event: x.row(t, e)}
		if c := t.change(e.version); c != nil && !x.isHidden(c) {
			one.KeyChange = c.event.Encoded
		}
		all = append(all, one)
	}
	if x.options.KeysInData {
		all = x.withChanges(t, all)
	}
	return all, nil
}

// withChanges puts the changes of keys among the events, too.
func (x *Chats) withChanges(t *talk, all []Listed) []Listed {
	for _, c := range t.changes {
		if !x.isHidden(c) {
			all = append(all, Listed{Event: x.row(t, c.event)})
		}
	}
	slices.SortFunc(all, func(a, b Listed) int {
		return compare(b.Event["id"].(string), a.Event["id"].(string)) //nolint:forcetypeassert // made by row
	})
	return all
}

func (x *Chats) row(t *talk, e *Event) map[string]any {
	m := map[string]any{
		"id": e.SequenceID, "conversation_id": Hyphened(t.id), "sender_id": e.SenderID, "encoded_event": e.Encoded,
		"created_at": stamped(e.At), "is_trusted": e.isTrusted,
	}
	if token := x.tokenOf(t); token != "" {
		m["conversation_token"] = token
	}
	if e.PreviousID != "" {
		m["previous_id"] = e.PreviousID
	}
	if s := e.signature; s != nil {
		m["message_event_signature"] = map[string]any{
			"public_key_version": s.keyVersion, "signature": s.text, "signature_version": s.version, "signing_public_key": s.public,
		}
	}
	return m
}
