package bridge

import (
	"context"
	"time"

	"perch/bridge/wait"
)

// Retry puts a dead message back into the queue.
func (c *Console) Retry(ctx context.Context, id int64) error {
	return c.act(ctx, id, "retried", Dead, func(d *Delivery) { c.requeue(d) })
}

// RetryAllDead puts every dead message that can be delivered back into the queue and returns how many.
func (c *Console) RetryAllDead(ctx context.Context) (int, error) {
	n := 0
	for {
		dead, err := c.journal.List(ctx, Filter{State: Dead, Limit: 500})
		if err != nil {
			return n, err
		}
		before := n
		for _, d := range dead {
			if d.Kind != KindUnreadable && c.Retry(ctx, d.ID) == nil {
				n++
			}
		}
		if n == before {
			return n, nil
		}
	}
}

// Discard drops a message that is not being attempted and was not delivered.
func (c *Console) Discard(ctx context.Context, id int64) error {
	return c.act(ctx, id, "discarded", "", func(d *Delivery) { d.State = Discarded })
}

// MarkSent settles an undecided reply: it did go out.
func (c *Console) MarkSent(ctx context.Context, id int64) error {
	return c.act(ctx, id, "marked as sent", Undecided, func(d *Delivery) {
		d.State, d.DeliveredAt, d.Failure = Delivered, c.now(), nil
	})
}

// Resend settles an undecided reply: it did not go out, so it is sent.
func (c *Console) Resend(ctx context.Context, id int64) error {
	return c.act(ctx, id, "sent again", Undecided, func(d *Delivery) { c.requeue(d) })
}

func (c *Console) requeue(d *Delivery) {
	d.State, d.DueAt, d.Failure = Queued, c.now(), nil
	d.Progress.CallingSince, d.Progress.Looks, d.Progress.Resent, d.Progress.Reuploaded = time.Time{}, 0, false, false
	d.Progress.Held = false
	d.Attempts = 0
	d.ReceivedAt = wait.Later(d.ReceivedAt, c.now().Add(-retryLifetime/2)) // an old message gets time to be tried again
}

// act changes one message that is in the wanted state ("" for any that allows it) and not being attempted.
func (c *Console) act(ctx context.Context, id int64, wish string, want State, change func(*Delivery)) error {
	var changed *Delivery
	err := c.journal.Update(ctx, id, func(d *Delivery) (Result, error) {
		from := d.State
		if c.dispatcher.IsBusy(id) || (want != "" && from != want) || (d.Kind == KindUnreadable && wish == "retried") {
			return Result{}, notNowError(d, wish)
		}
		change(d)
		if !from.CanBecome(d.State) {
			d.State = from
			return Result{}, notNowError(d, wish)
		}
		changed = d
		return Result{Delivery: d, Attempt: Attempt{At: c.now(), Outcome: d.State, Message: wish + " by a person"}}, nil
	})
	if err != nil {
		return err
	}
	c.log.Info("message changed by a person", keyDelivery, id, keyState, string(changed.State))
	c.feed.Publish(changed)
	c.wake.Send()
	return nil
}

// Pause stops deliveries, both ways and over restarts; what comes in is still kept and acknowledged.
func (c *Console) Pause(ctx context.Context) error { return c.dispatcher.Pause(ctx) }

// Resume ends a pause and tries at once every side that is in trouble and every message that waits because of some.
func (c *Console) Resume(ctx context.Context) error {
	if err := c.dispatcher.Resume(ctx); err != nil {
		return err
	}
	c.accounts.AskAgain()
	return nil
}
