package xevents

import (
	"slices"
	"time"

	"perch/bridge/sim/serve"
)

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
