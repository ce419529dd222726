package chat

import (
	"context"

	"perch/bridge"
	"perch/bridge/xchat"
)

// Verdict is what came of opening a delivery.
type Verdict int

const (
	// Sealed says that there are no keys here, so that only the fact is known.
	Sealed Verdict = iota
	// Opened says that the delivery is of KindChat now, with text and files.
	Opened
	// Waits says that it cannot be opened yet; Progress.Waits is set, unless it is from before Perch was given keys.
	Waits
	// Empty says that it holds nothing for people.
	Empty
)

// maxRounds bounds how often an event is tried with more than was known before.
const maxRounds = 4

// Open opens what an inbound delivery of KindEncrypted holds. what names what an Empty one was. An error of kind
// Unreadable says that it failed the check of authenticity or is damaged, and never will be shown; any other that X has
// to be asked and did not answer.
func (r *Rooms) Open(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (verdict Verdict, what string, err error) {
	m := r.rooms[d.Channel]
	sealed := d.Event.Sealed
	if m == nil || sealed == nil || sealed.Event == "" || ch.Chat == nil {
		return Sealed, "", nil
	}
	if err := r.ready(ctx, m); err != nil {
		return Sealed, "", err
	}
	if !m.isOn() {
		return Sealed, "", nil
	}
	found, err := r.find(ctx, m, ch, *sealed)
	if err != nil {
		r.setAside(m, d, conversationOf(*sealed, r.ownOf(m)))
		return Waits, "", err
	}
	return r.apply(ctx, m, d, found)
}

// ready takes up the keys that the channel has now where Run has not yet: an attempt may have begun with others.
func (r *Rooms) ready(ctx context.Context, m *room) error {
	ch, own := r.Accounts.Channel(m.channel), r.Accounts.Account(m.channel).ID
	if ch == nil || ch.ChatKeys.IsZero() || own == "" {
		return nil
	}
	return r.take(ctx, m, ch.ChatKeys, own)
}

// find opens an event with all that can be had: first with what is known, then with what X tells.
func (r *Rooms) find(ctx context.Context, m *room, ch *bridge.Channel, s bridge.Sealed) (xchat.Finding, error) {
	from := xchat.Origin{Conversation: s.Conversation, SenderID: s.Sender}
	if s.KeyChange != "" {
		if id, isNew, err := r.learn(ctx, m, ch, s.KeyChange, xchat.Origin{Conversation: s.Conversation}); err != nil {
			return nil, err
		} else if isNew {
			m.tell(wish{conversation: string(id)})
		}
	}
	hasFetched := false
	for range maxRounds {
		found := r.openWith(m, s, from)
		waiting, isWaiting := found.(*xchat.Waiting)
		if !isWaiting {
			return found, nil
		}
		isMore, err := r.supply(ctx, m, ch, waiting, &hasFetched)
		if err != nil || !isMore {
			return found, err
		}
	}
	return r.openWith(m, s, from), nil
}

// openWith opens an event with what is known now. Where a key that nobody has signed does not fit, the event waits for
// another one: it may be good.
func (r *Rooms) openWith(m *room, s bridge.Sealed, from xchat.Origin) xchat.Finding {
	found := m.reader().Open(s.Event, from)
	refused, isRefused := found.(*xchat.Refused)
	if !isRefused || refused.Reason != xchat.BadBox || m.isVerified(refused.Conversation, refused.KeyVersion) {
		return found
	}
	return &xchat.Waiting{Meta: refused.Meta, Need: xchat.Need{KeyVersion: refused.KeyVersion}}
}

// keyPages is how many pages of a conversation are looked through for a key that is not known.
const keyPages = 5
