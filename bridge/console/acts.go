package console

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/delivery"
	"perch/bridge/logkey"
	"perch/bridge/schedule"
	"perch/bridge/wait"
)

// wishRetry is what becomes of a message that is tried again.
const wishRetry = "retried"

// Retry puts a dead message back into the queue.
func (c *Console) Retry(ctx context.Context, id int64) error {
	return c.act(ctx, id, wishRetry, bridge.Dead, func(d *bridge.Delivery) { c.requeue(d) })
}

// deadPage is how many dead messages are looked at at a time.
const deadPage = 500

// RetryDead puts the dead messages that a filter selects back into the queue, as far as they can be delivered, and returns how
// many. cause is the kind of error that they failed with; "" for any. The filter's State and Before are not regarded.
func (c *Console) RetryDead(ctx context.Context, f bridge.Filter, cause bridge.Kind) (int, error) {
	n := 0
	f.State, f.Before, f.Limit = bridge.Dead, 0, deadPage
	for {
		dead, err := c.journal.List(ctx, f)
		if err != nil || len(dead) == 0 {
			return n, err
		}
		for _, d := range dead {
			f.Before = d.ID // the newest come first
			if d.Kind != bridge.KindUnreadable && isCause(d, cause) && c.Retry(ctx, d.ID) == nil {
				n++
			}
		}
	}
}

func isCause(d *bridge.Delivery, cause bridge.Kind) bool {
	return cause == "" || d.Failure != nil && d.Failure.Kind == cause
}

// Discard drops a message that is not being attempted and was not delivered.
func (c *Console) Discard(ctx context.Context, id int64) error {
	return c.act(ctx, id, "discarded", "", func(d *bridge.Delivery) { d.State = bridge.Discarded })
}

// wishSent is what becomes of a reply that did go out.
const wishSent = "marked as sent"

// MarkSent settles an undecided reply: it did go out. In a thread that is the post which was in doubt; the next one follows.
func (c *Console) MarkSent(ctx context.Context, id int64) error {
	return c.act(ctx, id, wishSent, bridge.Undecided, func(d *bridge.Delivery) {
		posts := delivery.PostsOf(d, c.measure)
		if len(posts) > 0 && !delivery.Took(d, posts, "") {
			c.requeue(d)
			return
		}
		d.State, d.DeliveredAt, d.Failure = bridge.Delivered, c.now(), nil
	})
}

// Resend settles an undecided reply: it did not go out, so it is sent.
func (c *Console) Resend(ctx context.Context, id int64) error {
	return c.act(ctx, id, "sent again", bridge.Undecided, func(d *bridge.Delivery) { c.requeue(d) })
}

func (c *Console) requeue(d *bridge.Delivery) {
	d.State, d.DueAt, d.Failure = bridge.Queued, c.now(), nil
	d.Progress.CallingSince, d.Progress.Looks, d.Progress.Resent, d.Progress.Reuploaded = time.Time{}, 0, false, false
	d.Progress.Held = false
	d.Attempts = 0
	d.ReceivedAt = wait.Later(d.ReceivedAt, c.now().Add(-schedule.Lifetime/2)) // an old message gets time to be tried again
}

// act changes one message that is in the wanted state ("" for any that allows it) and not being attempted.
func (c *Console) act(ctx context.Context, id int64, wish string, want bridge.State, change func(*bridge.Delivery)) error {
	return c.update(ctx, id, func(d *bridge.Delivery) (bridge.Result, error) {
		from := d.State
		if c.dispatcher.IsBusy(id) || (want != "" && from != want) || (d.Kind == bridge.KindUnreadable && wish == wishRetry) {
			return bridge.Result{}, notNowError(d, wish)
		}
		if d.Progress.Refused && wish == wishRetry {
			return bridge.Result{}, refusedError(d)
		}
		text := delivery.NextText(d, delivery.PostsOf(d, c.measure))
		change(d)
		if !from.CanBecome(d.State) {
			d.State = from
			return bridge.Result{}, notNowError(d, wish)
		}
		result := bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: c.now(), Outcome: d.State, Message: wish + " by a person"}}
		if d.Direction == bridge.Out && wish == wishSent {
			result.Billed = c.accounts.Channel(d.Channel).BilledSend(d.Kind, text)
		}
		return result, nil
	})
}

// update has somebody change one message, and shows what came of it.
func (c *Console) update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error {
	var changed *bridge.Delivery
	err := c.journal.Update(ctx, id, func(d *bridge.Delivery) (bridge.Result, error) {
		changed = d
		return change(d)
	})
	if err != nil {
		return err
	}
	c.log.Info("message changed by a person", logkey.Delivery, id, logkey.State, string(changed.State))
	c.feed.Publish(changed)
	c.wake.Send()
	return nil
}

// Pause stops deliveries, both ways and over restarts, until a time if that is not zero; what comes in is still kept and
// acknowledged.
func (c *Console) Pause(ctx context.Context, until time.Time) error {
	return c.dispatcher.Pause(ctx, until)
}

// Resume ends a pause and tries at once every side that is in trouble and every message that waits because of some; what
// is being tried when it is said is tried again if that fails.
func (c *Console) Resume(ctx context.Context) error {
	if err := c.dispatcher.Resume(ctx); err != nil {
		return err
	}
	c.accounts.AskAgain()
	return nil
}
