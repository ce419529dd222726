package console

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/delivery"
)

// Trace returns what came in for a delivery and what goes, or went, to the other side. It only reads the journal.
func (c *Console) Trace(ctx context.Context, d *bridge.Delivery) (bridge.Trace, error) {
	var t bridge.Trace
	if d.Post != 0 {
		post, found, err := c.journal.Source(ctx, d.Post)
		if err != nil {
			return t, err
		}
		if found {
			t.Received = &post
		}
	}
	ch := c.accounts.Channel(d.Channel)
	if ch == nil {
		return t, nil
	}
	d, err := c.withSender(ctx, d)
	if err != nil {
		return t, err
	}
	t.Calls = delivery.Calls(ch, d, c.accounts.Account(d.Channel).Handle)
	return t, nil
}

// withSender returns d, or a copy with the sender as the memory knows him where the payload named only an id.
func (c *Console) withSender(ctx context.Context, d *bridge.Delivery) (*bridge.Delivery, error) {
	if d.Direction == bridge.Out || d.Event == nil || d.Event.From.Handle != "" {
		return d, nil
	}
	full, event := *d, *d.Event
	full.Event = &event
	known, ok, err := c.journal.PersonByID(ctx, d.Channel, event.From.ID, time.Time{})
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
