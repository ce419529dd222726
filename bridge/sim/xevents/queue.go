package xevents

import (
	"context"
	"slices"
	"time"

	"perch/bridge/sim/serve"
)

type targetKey struct{ url, secret string }

// target is one webhook with what waits for it.
type target struct {
	targetKey
	queue   []unit
	held    *unit // comes after the next one
	workers int
	count   int
}

// unit is one event for one webhook.
type unit struct {
	event event
	tag   string
	// hook is the registration; nil for a way in set by hand.
	hook *Webhook
}

const (
	// lingering is how long a batch waits for more, and holdLimit how long a reordered event waits for the next.
	lingering = 30 * time.Millisecond
	holdLimit = 200 * time.Millisecond
)

// target finds or makes the queue of a webhook. The caller holds the lock.
func (x *Events) target(url, secret string) *target {
	key := targetKey{url, secret}
	if x.targets[key] == nil {
		x.targets[key] = &target{targetKey: key}
	}
	return x.targets[key]
}

// enqueue takes an event in for delivery, as the options demand twice or late. The caller holds the lock.
func (x *Events) enqueue(t *target, u unit) {
	t.count++
	every := func(n int) bool { return n > 0 && t.count%n == 0 }
	if every(x.Options().ReorderEvery) && t.held == nil {
		t.held = &u
		x.begin(1)
		x.spawn(func() { x.release(t, &u) })
		return
	}
	x.begin(1)
	t.queue = append(t.queue, u)
	if every(x.Options().DuplicateEvery) {
		x.begin(1)
		t.queue = append(t.queue, u)
	}
	if t.held != nil {
		t.queue = append(t.queue, *t.held)
		t.held = nil
	}
	x.work(t)
}

// release lets a held event go when no other came.
func (x *Events) release(t *target, u *unit) {
	serve.Wait(x.ctx, holdLimit)
	x.Lock()
	defer x.Unlock()
	if t.held == u {
		t.queue = append(t.queue, *u)
		t.held = nil
		x.work(t)
	}
}

// work starts one more worker for the queue when there may be one. The caller holds the lock.
func (x *Events) work(t *target) {
	if t.workers < x.Options().Parallel && !x.closed {
		t.workers++
		x.spawn(func() { x.drain(t) })
	}
}

// drain delivers until the queue is empty.
func (x *Events) drain(t *target) {
	for {
		batch := x.Options().Batch
		if batch > 1 {
			serve.Wait(x.ctx, lingering)
		}
		units := x.take(t, batch)
		if units == nil {
			return
		}
		x.deliver(t, units)
	}
}

// take removes what goes into the next POST; nil when there is nothing, and the worker ends.
func (x *Events) take(t *target, batch int) []unit {
	x.Lock()
	defer x.Unlock()
	if len(t.queue) == 0 || x.ctx.Err() != nil {
		t.workers--
		return nil
	}
	n := 1
	for n < min(batch, len(t.queue)) && sameBatch(t.queue[0].event, t.queue[n].event) {
		n++
	}
	units := slices.Clone(t.queue[:n])
	t.queue = t.queue[n:]
	return units
}

// begin and finish count what is under way. begin's caller holds the lock.
func (x *Events) begin(n int) {
	if x.pending == 0 {
		x.idle = make(chan struct{})
	}
	x.pending += n
}

func (x *Events) finish(n int) {
	x.Lock()
	defer x.Unlock()
	if x.pending -= n; x.pending == 0 {
		close(x.idle)
	}
}

// Idle waits until every event was delivered to the webhooks or given up.
func (x *Events) Idle(ctx context.Context) error {
	x.Lock()
	idle, pending := x.idle, x.pending
	x.Unlock()
	if pending == 0 {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-x.ctx.Done():
		return errClosed
	}
}
