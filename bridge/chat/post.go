package chat

import (
	"context"

	"perch/bridge"
	"perch/bridge/xchat"
)

// lookPages is how many pages of a conversation are looked through for a message whose answer was lost.
const lookPages = 3

// Post posts Progress.Posted and takes in X's answer. It may be repeated. An error of kind OutcomeUnknown says that X may
// have it; Failed tells whether X has refused it in its own words, so that the next attempt is another message.
func (r *Rooms) Post(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (failed xchat.FailureType, err error) {
	m, posted := r.rooms[ch.Name], d.Progress.Posted
	path := xchat.ConversationID(posted.Conversation)
	answer, err := ch.Chat.SendChat(ctx, r.pathOf(m, path), posted.MessagePost)
	m.noteWriting(err)
	if err != nil {
		return 0, err
	}
	a := xchat.ReadAnswer(answer, posted.MessagePost)
	switch a.Outcome {
	case xchat.Taken:
		if peek, ok := xchat.Peek(answer); ok {
			r.follow(ctx, m, peek.Meta)
		}
		return 0, nil
	case xchat.Failed:
		if e := failureError(ch.Name, a); e.Kind == bridge.Operator { // the account's keys may be others now
			m.expireOwn()
			m.tell(wish{})
			return a.Failure, e
		}
		return a.Failure, failureError(ch.Name, a)
	default:
		return 0, unclearError()
	}
}

// IsThere looks whether X has a message whose answer was lost. It may be posted again when it is not: X knows its id.
func (r *Rooms) IsThere(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (bool, error) {
	m, posted := r.rooms[ch.Name], d.Progress.Posted
	if m == nil || ch.Chat == nil {
		return false, notReadyError(ch.Name, bridge.ChatStatus{State: bridge.ChatOff})
	}
	if err := r.ready(ctx, m); err != nil {
		return false, err
	}
	own, next := r.Accounts.Account(ch.Name).ID, ""
	for range lookPages {
		page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, xchat.ConversationID(posted.Conversation)), next, smallPage)
		if bridge.CodeOf(err) == bridge.CodeNoConversation {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for _, e := range page.Events {
			peek, ok := xchat.Peek(e.Sealed.Event)
			if ok && peek.MessageID == posted.MessageID && peek.SenderID == own && peek.What == xchat.PeekMessage {
				return true, nil
			}
			if !e.CreatedAt.IsZero() && e.CreatedAt.Before(d.Progress.CallingSince.Add(ch.Chat.ClockAhead()-lookBefore)) {
				return false, nil
			}
		}
		if next = page.Next; next == "" {
			return false, nil
		}
	}
	return false, nil
}
