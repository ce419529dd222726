package chat

import (
	"context"
	"slices"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
)

// maxWaiting bounds how many messages that wait for a key are looked after; the oldest are given up first, with their
// notices.
const maxWaiting = 5_000

// findWaiting lists, after a start or with other keys, what waits to be opened.
func (r *Rooms) findWaiting(ctx context.Context, channel, own string) (map[int64]xchat.ConversationID, error) {
	list, err := r.Journal.List(ctx, bridge.Filter{Channel: channel, Direction: bridge.In, Kind: bridge.KindEncrypted, Waits: true, Limit: maxWaiting})
	if err != nil {
		return nil, err
	}
	waiting := map[int64]xchat.ConversationID{}
	for _, d := range list {
		if d.Event != nil && d.Event.Sealed != nil {
			waiting[d.ID] = conversationOf(*d.Event.Sealed, own)
		}
	}
	return waiting, nil
}

// waitAgain takes up what the journal says is waiting and the room does not know of: its notice was on its way when the
// keys changed, or there were too many.
func (r *Rooms) waitAgain(ctx context.Context, m *room) {
	if !m.isOn() {
		return
	}
	found, err := r.findWaiting(ctx, m.channel, r.ownOf(m))
	if err != nil {
		r.Log.Warn("encrypted messages that wait not found", logkey.Channel, m.channel, logkey.Error, err)
		return
	}
	for delivery, id := range found {
		if !m.isWaiting(delivery) { // what is known goes on being tried at its own pace
			m.wait(delivery, id)
		}
	}
}

func (m *room) isWaiting(delivery int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, is := m.waiting[delivery]
	return is
}

// conversationOf is the conversation of an event as far as it says so itself.
func conversationOf(s bridge.Sealed, own string) xchat.ConversationID {
	if peek, ok := xchat.Peek(s.Event); ok && peek.Conversation != "" {
		return peek.Conversation
	}
	id, _ := xchat.ParseConversation(s.Conversation, own)
	return id
}

func (m *room) wait(delivery int64, id xchat.ConversationID) {
	m.mu.Lock()
	if delivery != 0 && len(m.waiting) < maxWaiting {
		m.waiting[delivery], m.tries, m.isFresh = id, 0, true
	}
	m.mu.Unlock()
	m.asked.Send()
}

// firstRetry is the wait before what waits is tried for the first time although nothing points to a key; it doubles up to
// passEvery.
const firstRetry = 30 * time.Second

// takeFresh reports whether something has begun to wait since it was asked last.
func (m *room) takeFresh() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.isFresh
	m.isFresh = false
	return was
}

// patience is how long until what waits is tried once more.
func (m *room) patience() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == 0 {
		return passEvery
	}
	m.tries = min(m.tries+1, 10)
	return min(firstRetry<<(m.tries-1), passEvery)
}

// waitingOf lists what waits in a conversation, or in all for "", oldest first.
func (m *room) waitingOf(id xchat.ConversationID) []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []int64
	for delivery, of := range m.waiting {
		if id == "" || of == id {
			ids = append(ids, delivery)
		}
	}
	slices.Sort(ids)
	return ids
}

// openWaiting tries what waits in a conversation, or in all for "", in the order in which it came.
func (r *Rooms) openWaiting(ctx context.Context, m *room, id xchat.ConversationID) {
	ch := r.Accounts.Channel(m.channel)
	if ch == nil || !m.isOn() {
		return
	}
	for _, delivery := range m.waitingOf(id) {
		if ctx.Err() != nil {
			return
		}
		if err := r.openLate(ctx, m, ch, delivery); err != nil {
			r.Log.Info("encrypted message still waits", logkey.Delivery, delivery, logkey.Channel, m.channel, logkey.Error, err)
		}
	}
}

// openLate opens a message whose notice has been delivered. The notice becomes a line of Perch's own, and the message a
// delivery of its own.
func (r *Rooms) openLate(ctx context.Context, m *room, ch *bridge.Channel, delivery int64) error {
	d, err := r.Journal.Get(ctx, delivery)
	switch {
	case bridge.KindOf(err) == bridge.Invalid: // the journal does not have it any more
		m.forget(delivery)
		return nil
	case err != nil:
		return err
	case d.State != bridge.Delivered || d.Event == nil || d.Event.Sealed == nil || !d.Progress.Waits:
		if d.State != bridge.Queued && d.State != bridge.Sending {
			m.forget(delivery)
		}
		return nil
	}
	found, err := r.find(ctx, m, ch, *d.Event.Sealed)
	if err != nil {
		return err
	}
	if _, isWaiting := found.(*xchat.Waiting); isWaiting {
		return nil
	}
	opened := *d
	event := *d.Event
	opened.Event = &event
	verdict, _, err := r.apply(ctx, m, &opened, found)
	var late *bridge.Delivery
	if verdict == Opened && err == nil {
		late = lateDelivery(d, &opened, r.Now())
	}
	return r.settleLate(ctx, m, d.ID, late, err)
}

// lateDelivery hands on a message that could be opened only after its notice.
func lateDelivery(notice, opened *bridge.Delivery, now time.Time) *bridge.Delivery {
	at := opened.Event.CreatedAt
	if at.IsZero() {
		at = notice.ReceivedAt
	}
	return &bridge.Delivery{
		Channel: notice.Channel, Direction: bridge.In, Kind: bridge.KindChat, State: bridge.Queued,
		Lane: bridge.LaneOf(notice.Channel, bridge.In, bridge.KindChat), Conversation: notice.Conversation, XID: notice.XID,
		From: notice.From, To: notice.To, PeerID: notice.PeerID, Text: lateLine(at) + "\n" + opened.Text, Media: opened.Media,
		Event: opened.Event, Post: notice.Post, ReceivedAt: now, DueAt: now,
	}
}

func (r *Rooms) settleLate(ctx context.Context, m *room, delivery int64, late *bridge.Delivery, why error) error {
	err := r.Journal.Update(ctx, delivery, func(d *bridge.Delivery) (bridge.Result, error) {
		result := bridge.Result{Delivery: d, Opened: true, Attempt: bridge.Attempt{At: r.Now(), Outcome: d.State, Message: "could not be opened later either"}}
		d.Progress.Waits = false
		if e := bridge.AsError(why); e != nil {
			result.Attempt.Kind, result.Attempt.Code, result.Attempt.Message = e.Kind, e.Code, e.Message
		}
		if late != nil {
			d.Kind, d.XID = bridge.KindNote, "" // the id is the message's
			result.Attempt.Message, result.Spawned = "the message could be opened and follows", []*bridge.Delivery{late}
		}
		return result, nil
	})
	if err != nil {
		return err
	}
	m.forget(delivery)
	if late != nil {
		r.Log.Info("encrypted message opened later", logkey.Delivery, delivery, logkey.Channel, m.channel, "as", late.ID)
		r.Feed.Publish(late)
		r.Wake.Send()
	}
	return nil
}

func (m *room) forget(delivery int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.waiting, delivery)
}
