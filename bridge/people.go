package bridge

import "context"

// Retry puts a dead message back into the queue.
func (b *Bridge) Retry(ctx context.Context, id int64) error {
	return b.act(ctx, id, "retried", Dead, func(d *Delivery) { b.requeue(d) })
}

// RetryAllDead puts every dead message that can be delivered back into the queue and returns how many.
func (b *Bridge) RetryAllDead(ctx context.Context) (int, error) {
	n := 0
	for {
		dead, err := b.journal.List(ctx, Filter{State: Dead, Limit: 500})
		if err != nil {
			return n, err
		}
		before := n
		for _, d := range dead {
			if d.Kind != KindUnreadable && b.Retry(ctx, d.ID) == nil {
				n++
			}
		}
		if n == before {
			return n, nil
		}
	}
}

// Discard drops a message that is not being attempted and was not delivered.
func (b *Bridge) Discard(ctx context.Context, id int64) error {
	return b.act(ctx, id, "discarded", "", func(d *Delivery) { d.State = Discarded })
}

// MarkSent settles an undecided reply: it did go out.
func (b *Bridge) MarkSent(ctx context.Context, id int64) error {
	return b.act(ctx, id, "marked as sent", Undecided, func(d *Delivery) {
		d.State, d.DeliveredAt, d.Failure = Delivered, b.now(), nil
	})
}

// Resend settles an undecided reply: it did not go out, so it is sent.
func (b *Bridge) Resend(ctx context.Context, id int64) error {
	return b.act(ctx, id, "sent again", Undecided, func(d *Delivery) { b.requeue(d) })
}

func (b *Bridge) requeue(d *Delivery) {
	d.State, d.DueAt, d.Failure = Queued, b.now(), nil
	d.Progress.CallingSince, d.Progress.Looks, d.Progress.Resent, d.Progress.Reuploaded = noTime, 0, false, false
	d.Progress.Held = false
	d.Attempts = 0
	d.ReceivedAt = later(d.ReceivedAt, b.now().Add(-retryLifetime/2)) // an old message gets time to be tried again
}

// act changes one message that is in the wanted state ("" for any that allows it) and not being attempted.
func (b *Bridge) act(ctx context.Context, id int64, wish string, want State, change func(*Delivery)) error {
	var changed *Delivery
	err := b.journal.Update(ctx, id, func(d *Delivery) (Result, error) {
		_, busy := b.inflight.Load(id)
		from := d.State
		if busy || (want != "" && from != want) || (d.Kind == KindUnreadable && wish == "retried") {
			return Result{}, notNowError(d, wish)
		}
		change(d)
		if !from.CanBecome(d.State) {
			d.State = from
			return Result{}, notNowError(d, wish)
		}
		changed = d
		return Result{Delivery: d, Attempt: Attempt{At: b.now(), Outcome: d.State, Message: wish + " by a person"}}, nil
	})
	if err != nil {
		return err
	}
	b.log.Info("message changed by a person", keyDelivery, id, keyState, string(changed.State))
	b.feed.Publish(changed)
	signal(b.wake)
	return nil
}

// Pause stops deliveries, both ways and over restarts; what comes in is still kept and acknowledged.
func (b *Bridge) Pause(ctx context.Context) error {
	if err := b.journal.SetSetting(ctx, settingPaused, "1"); err != nil {
		return err
	}
	b.paused.Store(true)
	return nil
}

// Resume ends a pause and tries at once every side that is in trouble and every message that waits because of some; what
// is being tried when it is said is tried again if that fails.
func (b *Bridge) Resume(ctx context.Context) error {
	if err := b.journal.SetSetting(ctx, settingPaused, "0"); err != nil {
		return err
	}
	b.paused.Store(false)
	b.resumes.Add(1)
	b.gates.hurry(b.now(), b.lanes...)
	for _, lane := range b.lanes {
		if err := b.journal.Hasten(ctx, lane, b.now()); err != nil {
			return err
		}
	}
	for _, s := range b.channels {
		if s.guarded().why != nil {
			signal(s.newX) // whose the keys are is asked again
		}
	}
	signal(b.wake)
	return nil
}

// Get returns one message and its attempts, oldest first.
func (b *Bridge) Get(ctx context.Context, id int64) (*Delivery, []Attempt, error) {
	d, err := b.journal.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	attempts, err := b.journal.Attempts(ctx, id)
	b.showDue(ctx, d)
	return d, attempts, err
}

// List returns the messages that match, newest first, each with the time at which it will be tried.
func (b *Bridge) List(ctx context.Context, f Filter) ([]*Delivery, error) {
	list, err := b.journal.List(ctx, f)
	for _, d := range list {
		b.showDue(ctx, d)
	}
	return list, err
}

// showDue puts off the due time of a message that waits for an earlier one or whose lane is closed, and says why.
func (b *Bridge) showDue(ctx context.Context, d *Delivery) {
	if d.State != Queued {
		return
	}
	if due, open, err := b.journal.HeadDue(ctx, d.Conversation); err == nil && open {
		d.DueAt = later(d.DueAt, due)
	}
	shut, ok := b.gates.shut(d.Lane)
	if !ok {
		return
	}
	d.DueAt = later(d.DueAt, shut.Until)
	if d.Failure == nil {
		f := shut.Failure
		d.Failure = &f
	}
}
