package sim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"time"
)

// DeliveryRecord is one attempt to deliver events to a webhook.
type DeliveryRecord struct {
	URL string
	// Status is the answer's; 0 when there was none, and then Err says why.
	Status int
	Err    string
	Took   time.Duration
	// Attempt counts from 1.
	Attempt int
	// EventIDs are the ids of the messages or posts in the body.
	EventIDs []string
	Body     []byte
	At       time.Time
}

// direct is a way in that a test set by hand.
type direct struct {
	url    string
	family Family
}

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
	hook *webhook
}

const (
	// lingering is how long a batch waits for more, and holdLimit how long a reordered event waits for the next.
	lingering = 30 * time.Millisecond
	holdLimit = 200 * time.Millisecond
	// maxWebhookAnswer is the most that is read of a webhook's answer, in bytes.
	maxWebhookAnswer = 64 << 10
)

// SetWebhook delivers an account's events of one family to a URL from now on, without any registration or CRC. An
// empty url ends that.
func (x *X) SetWebhook(accountID, url string, family Family) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if url == "" {
		delete(x.direct, accountID)
		return
	}
	x.direct[accountID] = direct{url, family}
}

// Deliveries returns every attempt to deliver, in the order in which they ended.
func (x *X) Deliveries() []DeliveryRecord {
	x.notes.mu.Lock()
	defer x.notes.mu.Unlock()
	return slices.Clone(x.notes.deliveries)
}

// Sign makes the value of x-twitter-webhooks-signature, which is also the form of a CRC answer.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Sign makes the value of x-twitter-webhooks-signature.
func (x *X) Sign(secret string, body []byte) string { return Sign(secret, body) }

// target finds or makes the queue of a webhook. The caller holds mu.
func (x *X) target(url, secret string) *target {
	key := targetKey{url, secret}
	if x.targets[key] == nil {
		x.targets[key] = &target{targetKey: key}
	}
	return x.targets[key]
}

// enqueue takes an event in for delivery, as the options demand twice or late. The caller holds mu.
func (x *X) enqueue(t *target, u unit) {
	t.count++
	every := func(n int) bool { return n > 0 && t.count%n == 0 }
	if every(x.options.ReorderEvery) && t.held == nil {
		t.held = &u
		x.begin(1)
		x.spawn(func() { x.release(t, &u) })
		return
	}
	x.begin(1)
	t.queue = append(t.queue, u)
	if every(x.options.DuplicateEvery) {
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
func (x *X) release(t *target, u *unit) {
	wait(x.ctx, holdLimit)
	x.mu.Lock()
	defer x.mu.Unlock()
	if t.held == u {
		t.queue = append(t.queue, *u)
		t.held = nil
		x.work(t)
	}
}

// work starts one more worker for the queue when there may be one. The caller holds mu.
func (x *X) work(t *target) {
	if t.workers < x.options.Parallel && !x.closed {
		t.workers++
		x.spawn(func() { x.drain(t) })
	}
}

// drain delivers until the queue is empty.
func (x *X) drain(t *target) {
	for {
		x.mu.Lock()
		batch := x.options.Batch
		x.mu.Unlock()
		if batch > 1 {
			wait(x.ctx, lingering)
		}
		units := x.take(t, batch)
		if units == nil {
			return
		}
		x.deliver(t, units)
	}
}

// take removes what goes into the next POST; nil when there is nothing, and the worker ends.
func (x *X) take(t *target, batch int) []unit {
	x.mu.Lock()
	defer x.mu.Unlock()
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

// deliver makes the first attempt; the repeats go their own way, so that they hold up nothing.
func (x *X) deliver(t *target, units []unit) {
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
		raw = toJSON(map[string]any{revokeKind: units[0].event.payload})
	}
	if x.attempt(t, units, raw, 1) {
		x.finish(len(units))
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	retries := x.options.Retries
	x.spawn(func() { x.repeat(t, units, raw, retries) })
}

func (x *X) repeat(t *target, units []unit, raw []byte, retries []time.Duration) {
	for i, pause := range retries {
		if !wait(x.ctx, pause) || x.attempt(t, units, raw, i+2) {
			break
		}
	}
	x.finish(len(units))
}

// attempt posts once, and reports whether the receiver took it.
func (x *X) attempt(t *target, units []unit, raw []byte, number int) bool {
	r := x.Deliver(x.ctx, t.url, t.secret, raw)
	if x.ctx.Err() != nil && r.Status == 0 {
		return true // closing
	}
	r.Attempt, r.EventIDs = number, ids(units)
	x.notes.mu.Lock()
	x.notes.deliveries = append(x.notes.deliveries, r)
	x.notes.mu.Unlock()
	x.log.Debug("x delivered", "status", r.Status, "attempt", number, "events", len(units), "error", r.Err)
	return r.Status/100 == 2
}

// Deliver posts any body to a webhook once, signed with a consumer secret. The record is returned only.
func (x *X) Deliver(ctx context.Context, url, secret string, body []byte) (record DeliveryRecord) {
	x.mu.Lock()
	deadline := x.options.Deadline
	x.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	record = DeliveryRecord{URL: url, Body: body, At: x.now(), Attempt: 1}
	began := time.Now()
	defer func() { record.Took = time.Since(began) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		record.Err = err.Error()
		return record
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Twitter-Webhooks-Signature", Sign(secret, body))
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

// begin and finish count what is under way. begin's caller holds mu.
func (x *X) begin(n int) {
	if x.pending == 0 {
		x.idle = make(chan struct{})
	}
	x.pending += n
}

func (x *X) finish(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.pending -= n; x.pending == 0 {
		close(x.idle)
	}
}

// Idle waits until every event was delivered to the webhooks or given up.
func (x *X) Idle(ctx context.Context) error {
	x.mu.Lock()
	idle, pending := x.idle, x.pending
	x.mu.Unlock()
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
