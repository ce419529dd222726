package xevents

import "context"

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
