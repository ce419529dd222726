package reach

import (
	"context"
	"slices"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/xapi"
)

// Run implements Source.
func (w *Webhook) Run(ctx context.Context) error {
	w.start()
	var workers sync.WaitGroup
	for _, g := range w.closers {
		g.begin(ctx)
		g.wake.Send()
		workers.Go(func() { g.run(ctx) })
	}
	workers.Go(func() { w.probing(ctx) })
	w.watch(ctx)
	workers.Wait()
	return nil
}

// watch looks at the webhook and repairs it.
func (w *Webhook) watch(ctx context.Context) {
	wasGood := false
	for last := ""; ; {
		address := w.URL()
		delay := urlEvery
		if address != "" {
			if address != last {
				w.id, w.isBroken, last = "", false, address
			}
			isGood := w.check(ctx, address)
			if isGood && !wasGood {
				w.healed.Send()
			}
			delay, wasGood = w.pace(isGood), isGood
		}
		if !w.rest(ctx, delay, address) {
			return
		}
	}
}

func (w *Webhook) pace(isGood bool) time.Duration {
	switch {
	case !w.app().HasActivity():
		return hookEveryV11
	case isGood:
		return hookEvery
	default:
		return hookSoon
	}
}

// rest waits, but no longer than the address stays as it is.
func (w *Webhook) rest(ctx context.Context, delay time.Duration, address string) bool {
	ticker := time.NewTicker(urlEvery)
	defer ticker.Stop()
	for end := time.Now().Add(delay); ; {
		select {
		case <-ticker.C:
			if w.URL() != address || !time.Now().Before(end) {
				return true
			}
		case <-w.poked:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// check looks at the webhook and the subscriptions and makes them as they should be. It reports whether they are.
func (w *Webhook) check(ctx context.Context, address string) bool {
	err := w.mend(ctx, address)
	if bridge.KindOf(err) == bridge.RateLimited && !w.goodAt().IsZero() {
		return true // X does not let us look; what is not proved for too long shows anyway
	}
	if err != nil {
		w.failed(ctx, hopWebhook, "", w.explain(err))
		return false
	}
	w.fine(hopWebhook, "")
	if !w.upkeep.check(ctx, w.id, w.closers.missed) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastGood = time.Now()
	return true
}

// mend makes sure that the address is registered and valid. What is known to be broken is tried without asking for the
// list first: X counts the calls.
func (w *Webhook) mend(ctx context.Context, address string) error {
	switch {
	case w.isBroken:
		return w.renew(ctx, address)
	case w.isRefused:
		return w.register(ctx, address)
	}
	hooks, err := w.app().Webhooks(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(hooks, func(h xapi.Webhook) bool { return h.URL == address })
	if at < 0 {
		return w.register(ctx, address)
	}
	w.id = hooks[at].ID
	if hooks[at].Valid {
		return nil
	}
	return w.renew(ctx, address)
}

// renew makes X call the address, and take the webhook for valid when the answer is right.
func (w *Webhook) renew(ctx context.Context, address string) error {
	if !w.isBroken {
		w.isBroken, w.reason = true, w.cause(ctx, address)
	}
	err := w.app().RevalidateWebhook(ctx, w.id)
	switch {
	case bridge.KindOf(err) == bridge.Rejected: // gone
		w.isBroken = false
		return w.register(ctx, address)
	case err != nil:
		return err
	}
	w.isBroken = false
	w.repaired("X had marked it invalid: " + w.reason)
	return nil
}

// cause says why X may have marked the webhook invalid.
func (w *Webhook) cause(ctx context.Context, address string) string {
	w.mu.Lock()
	blame := w.blame
	w.mu.Unlock()
	if blame != "" {
		return blame
	}
	if err := w.Probe(ctx, address); err != nil {
		return bridge.AsError(err).Message
	}
	return "it did not answer for a time, or not as it should; now it does"
}

// explain puts the place that fails into X's vague refusal.
func (w *Webhook) explain(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := bridge.AsError(err); e.Code == xapi.CodeWebhookCRC && w.blame != "" {
		more := *e
		more.Message += ": " + w.blame
		return &more
	}
	return err
}
