package console

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/delivery"
)

// TraceStore is what is read of a journal for both ends of a message.
type TraceStore interface {
	Source(ctx context.Context, seq int64) (bridge.Post, bool, error)
	PersonByID(ctx context.Context, channel, id string, after time.Time) (bridge.Person, bool, error)
}

// Trace returns what came in for a delivery and what goes, or went, to the other side. It only reads the journal.
func (c *Console) Trace(ctx context.Context, d *bridge.Delivery) (bridge.Trace, error) {
	return TraceOf(ctx, c.journal, d, c.accounts.Channel(d.Channel), c.accounts.Account(d.Channel).Handle, c.measure)
}

// TraceOf is Trace of a delivery of a channel, whose account has the handle. Without a channel, which is nil, it is not known
// what goes to the other side. measure returns the weighted length of a post and whether X takes it.
func TraceOf(ctx context.Context, journal TraceStore, d *bridge.Delivery, ch *bridge.Channel, handle string,
	measure func(text string) (weighted int, valid bool),
) (bridge.Trace, error) {
	var t bridge.Trace
	if d.Post != 0 {
		post, found, err := journal.Source(ctx, d.Post)
		if err != nil {
			return t, err
		}
		if found {
			t.Received = &post
		}
	}
	if ch == nil {
		return t, nil
	}
	d, err := withSender(ctx, journal, d)
	if err != nil {
		return t, err
	}
	t.Calls = delivery.Calls(ch, d, handle, delivery.PostsOf(d, measure))
	return t, nil
}

// withSender returns d, or a copy with the sender as the memory knows him where the payload named only an id.
func withSender(ctx context.Context, journal TraceStore, d *bridge.Delivery) (*bridge.Delivery, error) {
	if d.Direction == bridge.Out || d.Event == nil || d.Event.From.Handle != "" {
		return d, nil
	}
	full, event := *d, *d.Event
	full.Event = &event
	known, ok, err := journal.PersonByID(ctx, d.Channel, event.From.ID, time.Time{})
	switch {
	case err != nil:
		return nil, err
	case ok:
		event.From = known
		if d.State == bridge.Delivered {
			event.From.Handle = d.From // under which it was handed on, whatever the name is now
		}
	default:
		event.From.Handle = d.From
	}
	return &full, nil
}
