package xsealed

import (
	"strconv"

	"perch/bridge/xchat/thrift"
	"perch/bridge/xchat/wire"
)

// TakeDelete takes the deletion of messages. The caller holds the lock.
func (x *Chats) TakeDelete(own, id string, p DeletePost) *Refusal {
	t := x.find(id)
	actions := map[string]int32{"delete_for_self": 1, "delete_for_all": 2}
	action, isKnown := actions[p.Action]
	switch {
	case t == nil:
		return &Refusal{Fault: none()}
	case !isKnown:
		return wrong("delete_message_action", "delete_message_action is not known")
	case len(p.SequenceIDs) == 0 || len(p.Signatures) != 1:
		return wrong("sequence_ids", "there are no sequence ids, or not exactly one action signature")
	}
	for _, sequenceID := range p.SequenceIDs {
		e := t.event(sequenceID)
		if e == nil || (action == 2 && e.SenderID != own) {
			return wrong("sequence_ids", "sequence id "+strconv.Quote(sequenceID)+" is not of a message that may be deleted")
		}
	}
	a := p.Signatures[0]
	want := wire.Detail{Kind: wire.KindDelete, Delete: wire.Delete{SequenceIDs: p.SequenceIDs, Action: action}}.Encode()
	if a.Detail != b64(want) {
		return wrong("action_signatures", "encoded_message_event_detail is not the deletion that it stands beside")
	}
	if refused := a.verifies(x.users[own], "MessageDeleteEvent", own, id, append([]string{strconv.Itoa(int(action))}, p.SequenceIDs...)...); refused != nil {
		return refused
	}
	e := &Event{
		MessageID: a.MessageID, SenderID: own, ByAPI: true, kind: wire.KindDelete, detail: want,
		signature: &signature{a.Signature.Signature, a.Signature.Version, a.Signature.Form, ""},
	}
	x.tell(t, x.keep(t, e))
	return nil
}

// TakeSeen takes the mark until where an account has read. X wants no signature. The caller holds the lock.
func (x *Chats) TakeSeen(own, id, sequenceID string) *Refusal {
	t := x.find(id)
	switch {
	case t == nil:
		return &Refusal{Fault: none()}
	case t.event(sequenceID) == nil:
		return wrong("seen_until_sequence_id", "seen_until_sequence_id "+strconv.Quote(sequenceID)+" is of no event here")
	}
	var w thrift.Writer
	w.Text(1, sequenceID)
	x.keep(t, &Event{MessageID: newUUID(), SenderID: own, ByAPI: true, kind: wire.KindRead, detail: union(int16(wire.KindRead), w.Done())})
	return nil
}

// TakeTyping takes that an account types. The caller holds the lock.
func (x *Chats) TakeTyping(id string) *Refusal {
	if x.find(id) == nil {
		return &Refusal{Fault: none()}
	}
	return nil
}
