package reach_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/reach"
	"perch/bridge/xapi"
	"perch/bridge/xapi/payload"
)

const (
	brandID = "4337869213"
	annID   = "3001969357"
)

// fakeX is one account at X. Its zero maps are made by newRig.
type fakeX struct {
	mu    sync.Mutex
	down  error // what every call answers; nil when X works
	calls map[string]int

	lastID   int64
	dms      []xapi.Missed // oldest first
	mentions []xapi.Missed
	recent   []xapi.Missed // what a backfill has
	stream   *fakeStream
	opened   int
	limited  time.Time // until when the lists are refused
	hidden   bool      // X tells nobody of what happens
	// noBackfill makes X refuse a look back.
	noBackfill bool

	subs    []xapi.Subscription
	refuse  map[string]error // by kind of event; "all" is the Account Activity API
	hooks   []xapi.Webhook
	hookMax int
	all     bool // subscribed by the Account Activity API
	profile string
	// answers reports whether an address answers a challenge of X's.
	answers func(address string) bool
	// post delivers to the webhook.
	post func(body []byte)
}

type subscription = xapi.Subscription

type fakeStream struct {
	lines chan []byte
	cut   chan error
}

func (x *fakeX) enter(name string) error {
	x.calls[name]++
	return x.down
}

func (x *fakeX) OwnID(context.Context) (string, error) { return brandID, nil }
func (x *fakeX) HasActivity() bool                     { return x.profile != "v1.1" }
func (x *fakeX) ClockAhead() time.Duration             { return 0 }

// send makes a customer write; id of the message. It goes the way that is open and subscribed.
func (x *fakeX) send(public bool) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lastID++
	id := strconv.FormatInt(x.lastID, 10)
	list, kind := &x.dms, "dm.received"
	payload := fmt.Sprintf(`{"direct_message_events":[{"type":"message_create","id":%q,"created_timestamp":"%d","message_create":{"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":"m%s"}}}]}`,
		id, time.Now().UnixMilli(), brandID, annID, id)
	if public {
		list, kind = &x.mentions, "post.mention.create"
		payload = fmt.Sprintf(`{"id":%q,"author_id":%q,"text":"@b m%s","created_at":%q}`, id, annID, id, time.Now().UTC().Format(time.RFC3339Nano))
	}
	body := fmt.Appendf(nil, `{"data":{"event_type":%q,"filter":{"user_id":%q},"payload":%s}}`, kind, brandID, payload)
	m := xapi.Missed{ID: id, CreatedAt: time.Now(), Body: body}
	*list = append(*list, m)
	x.deliver(kind, m)
	return id
}

func (x *fakeX) deliver(kind string, m xapi.Missed) {
	at := slices.IndexFunc(x.subs, func(s xapi.Subscription) bool { return s.EventType == kind })
	if x.hidden || (at < 0 && !x.all) {
		return
	}
	if at >= 0 {
		x.recent = append(x.recent, m)
	}
	if x.stream != nil {
		x.stream.lines <- m.Body
	}
	hook := slices.IndexFunc(x.hooks, func(h xapi.Webhook) bool { return h.Valid && (x.all || x.subs[max(at, 0)].WebhookID == h.ID) })
	if hook >= 0 && x.answers(x.hooks[hook].URL) {
		x.post(m.Body)
	}
}

// page returns a part of a list, newest first.
func (x *fakeX) page(list []xapi.Missed, since string, count int, next string) (xapi.Page, error) {
	if err := x.enter("list"); err != nil {
		return xapi.Page{}, err
	}
	if time.Now().Before(x.limited) {
		return xapi.Page{}, &bridge.Error{Kind: bridge.RateLimited, Message: "limit", RetryAt: x.limited}
	}
	from, _ := strconv.Atoi(next)
	var found []xapi.Missed
	for _, m := range slices.Backward(list) {
		if since == "" || len(m.ID) > len(since) || (len(m.ID) == len(since) && m.ID > since) {
			found = append(found, m)
		}
	}
	to := min(from+count, len(found))
	p := xapi.Page{Events: found[min(from, to):to]}
	if to < len(found) {
		p.Next = strconv.Itoa(to)
	}
	return p, nil
}

func (x *fakeX) MissedDMs(_ context.Context, count int, next string) (xapi.Page, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.page(x.dms, "", count, next)
}

func (x *fakeX) MissedMentions(_ context.Context, since string, count int, next string) (xapi.Page, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.page(x.mentions, since, count, next)
}

func (x *fakeX) Subscriptions(context.Context) ([]xapi.Subscription, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.subs), x.enter("subscriptions")
}

func (x *fakeX) Subscribe(_ context.Context, eventType, webhookID string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := errors.Join(x.enter("subscribe"), x.refuse[eventType]); err != nil {
		return err
	}
	x.lastID++
	x.subs = append(x.subs, xapi.Subscription{
		ID: strconv.FormatInt(x.lastID, 10), EventType: eventType, UserID: brandID, Tag: xapi.TagPrefix + eventType, WebhookID: webhookID,
	})
	return nil
}

func (x *fakeX) MoveSubscription(_ context.Context, id, webhookID string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.subs {
		if x.subs[i].ID == id {
			x.subs[i].WebhookID = webhookID
		}
	}
	return x.enter("move")
}

func (x *fakeX) Unsubscribe(_ context.Context, id string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.subs = slices.DeleteFunc(x.subs, func(s xapi.Subscription) bool { return s.ID == id })
	return x.enter("unsubscribe")
}

func (x *fakeX) Webhooks(context.Context) ([]xapi.Webhook, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.hooks), x.enter("webhooks")
}

func refusal(kind bridge.Kind, code string) error {
	return &bridge.Error{Kind: kind, Side: bridge.SideX, Message: "refused " + code, Code: code}
}

func (x *fakeX) RegisterWebhook(_ context.Context, address string) (xapi.Webhook, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch err := x.enter("register"); {
	case err != nil:
		return xapi.Webhook{}, err
	case len(x.hooks) >= max(x.hookMax, 1):
		return xapi.Webhook{}, refusal(bridge.Rejected, xapi.CodeWebhookLimit)
	case !x.answers(address):
		return xapi.Webhook{}, refusal(bridge.Temporary, xapi.CodeWebhookCRC)
	}
	x.lastID++
	h := xapi.Webhook{ID: strconv.FormatInt(x.lastID, 10), URL: address, Valid: true}
	x.hooks = append(x.hooks, h)
	return h, nil
}

func (x *fakeX) RevalidateWebhook(_ context.Context, id string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.enter("revalidate"); err != nil {
		return err
	}
	for i := range x.hooks {
		if x.hooks[i].ID != id {
			continue
		}
		if !x.answers(x.hooks[i].URL) {
			return refusal(bridge.Temporary, xapi.CodeWebhookCRC)
		}
		x.hooks[i].Valid = true
		return nil
	}
	return refusal(bridge.Rejected, xapi.CodeWebhookGone)
}

func (x *fakeX) DeleteWebhook(_ context.Context, id string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hooks = slices.DeleteFunc(x.hooks, func(h xapi.Webhook) bool { return h.ID == id })
	return x.enter("delete")
}

func (x *fakeX) SubscribeAll(context.Context, string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := errors.Join(x.enter("subscribe all"), x.refuse["all"])
	x.all = x.all || err == nil
	return err
}

func (x *fakeX) IsSubscribedAll(context.Context, string) (bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.all, errors.Join(x.enter("subscribed all"), x.refuse["all"])
}

func (x *fakeX) Stream(ctx context.Context, backfill int, handle func([]byte) error) error {
	x.mu.Lock()
	if err := x.enter("stream"); err != nil {
		x.mu.Unlock()
		return err
	}
	if x.noBackfill && backfill > 0 {
		x.mu.Unlock()
		return refusal(bridge.Rejected, "400")
	}
	s := &fakeStream{make(chan []byte, 20000), make(chan error, 1)}
	for _, m := range x.recent {
		if time.Since(m.CreatedAt) < time.Duration(backfill)*time.Minute {
			s.lines <- m.Body
		}
	}
	x.stream = s
	x.opened++
	x.mu.Unlock()
	defer func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.stream = nil
	}()
	if err := handle(nil); err != nil {
		return err
	}
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	for {
		var line []byte
		select {
		case line = <-s.lines:
		case <-alive.C:
		case err := <-s.cut:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := handle(line); err != nil {
			return err
		}
	}
}

func (x *fakeX) with(change func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change()
}

// cut breaks the stream; lines on their way are lost.
func (x *fakeX) cut() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stream != nil {
		x.stream.cut <- errCut
		x.stream = nil
	}
}

var errCut = &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "X closed the stream"}

// errDown is X out of reach.
var errDown = &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "X cannot be reached"}

// journal is inbox, memory and settings, and outlives a way.
type journal struct {
	mu       sync.Mutex
	broken   error
	got      []string // ids in the order of their first coming
	has      map[string]bool
	repeated int
	settings map[string]string
}

func (j *journal) AcceptX(_ context.Context, channels []string, body []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	for _, e := range payload.Read(body).Events {
		if e.Kind == bridge.KindUnreadable || !slices.Contains(channels, "support") {
			panic(fmt.Sprintf("%v: %+v: %s", channels, e, body))
		}
		if j.has[e.XID] {
			j.repeated++
			continue
		}
		j.has[e.XID] = true
		j.got = append(j.got, e.XID)
	}
	return nil
}

func (j *journal) HasReceived(_ context.Context, _, xID string) (bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.has[xID], nil
}

func (j *journal) Setting(_ context.Context, key string) (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.settings[key], nil
}

func (j *journal) SetSetting(_ context.Context, key, value string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken == nil {
		j.settings[key] = value
	}
	return j.broken
}

func (j *journal) ids() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.got)
}

// rig is X, a journal and a way between them, in a bubble of its own time.
type rig struct {
	t *testing.T
	*fakeX
	journal *journal
	log     *bytes.Buffer
	config  reach.Config
	way     reach.Source
	stop    func()
	url     string
	seen    time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{
		t: t, fakeX: &fakeX{calls: map[string]int{}, refuse: map[string]error{}, lastID: 1000},
		journal: &journal{has: map[string]bool{}, settings: map[string]string{}}, log: &bytes.Buffer{}, url: "https://perch.example/api/messages",
	}
	r.answers = func(string) bool { return true }
	r.post = func(body []byte) { _ = r.journal.AcceptX(t.Context(), []string{"support"}, body) }
	r.config = reach.Config{
		Members: []reach.Member{{Channel: "support", X: r.fakeX, Wanted: bridge.Wanted{Mentions: true, Encrypted: true}}},
		Inbox:   r.journal, Memory: r.journal, Settings: r.journal, Log: slog.New(slog.NewTextHandler(r.log, nil)),
	}
	return r
}

// start runs the way until stopped, or until the test ends.
func (r *rig) start(way reach.Source) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- way.Run(ctx) }()
	r.way = way
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	}
	r.t.Cleanup(r.stop)
}

// until waits until the way is in the state, at most for that long, and returns how long it took.
func (r *rig) until(state string, most time.Duration) time.Duration {
	r.t.Helper()
	began := time.Now()
	for r.way.State().State != state {
		if time.Since(began) > most {
			r.t.Fatalf("not %s after %v: %+v\n%s", state, most, r.way.State(), r.log)
		}
		time.Sleep(500 * time.Millisecond)
	}
	return time.Since(began)
}

// mustHave demands that exactly these messages came, in this order.
func (r *rig) mustHave(want []string) {
	r.t.Helper()
	synctest.Wait()
	if got := r.journal.ids(); !slices.Equal(got, want) {
		r.t.Fatalf("%d messages came, want %d\ngot  %v\nwant %v\n%s", len(got), len(want), tail(got), tail(want), r.log)
	}
}

func tail(ids []string) []string { return ids[max(0, len(ids)-30):] }

func inBubble(t *testing.T, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		f(r)
		if r.stop != nil {
			r.stop()
		}
	})
}

// reply is the answer to a challenge, as the Perch under test makes it.
func reply(token string) []byte {
	raw, _ := json.Marshal(map[string]string{"response_token": sign(token)})
	return raw
}

func sign(token string) string { return "sha256=" + token + "-signed" }
