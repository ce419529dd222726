package xevents

import (
	"context"
	"io"
	"net/http"
	"time"

	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// SetWebhook delivers an account's events of one family to a URL from now on, without any registration or CRC. An
// empty url ends that.
func (x *Events) SetWebhook(accountID, url string, family Family) {
	x.Lock()
	defer x.Unlock()
	if url == "" {
		delete(x.direct, accountID)
		return
	}
	x.direct[accountID] = direct{url, family}
}

// Deliveries returns every attempt to deliver, in the order in which they ended.
func (x *Events) Deliveries() []DeliveryRecord {
	return x.attempts.all()
}

// deliver makes the first attempt; the repeats go their own way, so that they hold up nothing.
func (x *Events) deliver(t *target, units []unit) {
	if hook := units[0].hook; hook != nil && !x.isValid(hook) {
		x.finish(len(units)) // while a webhook is invalid X sends nothing
		return
	}
	events := make([]event, len(units))
	for i, u := range units {
		events[i] = u.event
	}
	raw := body(events, units[0].tag)
	if units[0].event.kind == revokeKind {
		raw = serve.Encode(map[string]any{revokeKind: units[0].event.payload})
	}
	parcels := x.odd.Posts(hostile.Events, raw)
	last := parcels[len(parcels)-1]
	for _, p := range parcels[:len(parcels)-1] {
		x.attempt(t, units, p, 1)
	}
	if x.attempt(t, units, last, 1) {
		x.finish(len(units))
		return
	}
	x.Lock()
	defer x.Unlock()
	retries := x.Options().Retries
	x.spawn(func() { x.repeat(t, units, last, retries) })
}

func (x *Events) repeat(t *target, units []unit, p hostile.Parcel, retries []time.Duration) {
	for i, pause := range retries {
		if !serve.Wait(x.ctx, pause) || x.attempt(t, units, p, i+2) {
			break
		}
	}
	x.finish(len(units))
}

// attempt posts once, and reports whether the receiver took it.
func (x *Events) attempt(t *target, units []unit, p hostile.Parcel, number int) bool {
	r := x.send(x.ctx, t.url, t.secret, p)
	if x.ctx.Err() != nil && r.Status == 0 {
		return true // closing
	}
	r.Attempt, r.EventIDs = number, ids(units)
	x.attempts.add(r)
	x.Options().Log.Debug("x delivered", "status", r.Status, "attempt", number, "events", len(units), "error", r.Err)
	return r.Status/100 == 2
}

func (x *Events) send(ctx context.Context, url, secret string, p hostile.Parcel) (record DeliveryRecord) {
	ctx, cancel := context.WithTimeout(ctx, x.Options().Deadline)
	defer cancel()
	record = DeliveryRecord{URL: url, Body: p.Body, At: x.Now(), Attempt: 1}
	began := time.Now()
	defer func() { record.Took = time.Since(began) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, p.Reader())
	if err != nil {
		record.Err = err.Error()
		return record
	}
	if p.Kind != "" {
		request.Header.Set("Content-Type", p.Kind)
	}
	request.Header.Set("X-Twitter-Webhooks-Signature", Sign(secret, p.Body))
	response, err := x.client.Do(request)
	if err != nil {
		record.Err = err.Error()
		return record
	}
	defer func() { _ = response.Body.Close() }()
	record.Status = response.StatusCode
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxWebhookAnswer)) // only the status matters
	return record
}
