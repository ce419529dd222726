package xapi_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/xapi"
	"perch/bridge/xapi/payload"
)

// newHook is a server that answers X's challenges as long as good is set.
func newHook(t *testing.T, secret string) (address string, good *atomic.Bool) {
	t.Helper()
	good = &atomic.Bool{}
	good.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(r.URL.Query().Get("crc_token")))
		token := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if !good.Load() {
			token = "wrong"
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"response_token": "sha256=" + token})
	}))
	t.Cleanup(server.Close)
	return server.URL + "/api/messages", good
}

func withEnvironment(c *xapi.Config) { c.Environment = "support" }

func TestWebhookLives(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{AllowAnyURL: true})
			c := w.client(profile, withEnvironment)
			ctx := t.Context()
			address, good := newHook(t, w.brand.ConsumerSecret)
			hook, err := c.RegisterWebhook(ctx, address)
			if err != nil || hook.ID == "" || hook.URL != address || !hook.Valid {
				t.Fatalf("RegisterWebhook = %+v, %v", hook, err)
			}
			if again, err := c.RegisterWebhook(ctx, address); err != nil || again != hook {
				t.Errorf("a registered address: %+v, %v; want the same webhook", again, err)
			}
			if _, err := c.RegisterWebhook(ctx, address+"/2"); bridge.AsError(err).Code != xapi.CodeWebhookLimit {
				t.Errorf("a second webhook: %v; want %s", err, xapi.CodeWebhookLimit)
			}
			w.InvalidateWebhooks()
			if all, err := c.Webhooks(ctx); err != nil || len(all) != 1 || all[0].Valid {
				t.Errorf("Webhooks = %+v, %v; want one that is not valid", all, err)
			}
			good.Store(false)
			if err := c.RevalidateWebhook(ctx, hook.ID); bridge.AsError(err).Code != xapi.CodeWebhookCRC || bridge.KindOf(err) != bridge.Temporary {
				t.Errorf("a wrong answer: %v; want %s", err, xapi.CodeWebhookCRC)
			}
			good.Store(true)
			if err := c.RevalidateWebhook(ctx, hook.ID); err != nil {
				t.Error(err)
			}
			for range 2 {
				if err := c.DeleteWebhook(ctx, hook.ID); err != nil {
					t.Error(err)
				}
			}
			if err := c.RevalidateWebhook(ctx, hook.ID); bridge.AsError(err).Code != xapi.CodeWebhookGone {
				t.Errorf("a webhook that is gone: %v", err)
			}
			w.Change(func(o *sim.XOptions) { o.AllowAnyURL = false })
			if _, err := c.RegisterWebhook(ctx, "https://h.example:5000/x"); bridge.AsError(err).Code != xapi.CodeWebhookURL || bridge.KindOf(err) != bridge.Operator {
				t.Errorf("a port in the address: %v", err)
			}
			w.mustBeStrict(t)
		})
	}
}

func TestSubscribesToAllActivity(t *testing.T) {
	w := newWorld(t, sim.XOptions{AllowAnyURL: true, Environments: []string{"support"}})
	c := w.client("v1.1", withEnvironment)
	ctx := t.Context()
	address, _ := newHook(t, w.brand.ConsumerSecret)
	hook, err := c.RegisterWebhook(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	if has, err := c.IsSubscribedAll(ctx, hook.ID); err != nil || has {
		t.Errorf("before: %t, %v", has, err)
	}
	for range 2 {
		if err := c.SubscribeAll(ctx, hook.ID); err != nil {
			t.Error(err)
		}
	}
	if has, err := c.IsSubscribedAll(ctx, hook.ID); err != nil || !has {
		t.Errorf("after: %t, %v", has, err)
	}
	for range 2 {
		if err := c.UnsubscribeAll(ctx, hook.ID); err != nil {
			t.Error(err)
		}
	}
	other := w.client("v1.1", func(c *xapi.Config) { c.Environment = "Support" })
	if _, err := other.RegisterWebhook(ctx, address); bridge.KindOf(err) != bridge.Operator || !strings.Contains(err.Error(), "environment") {
		t.Errorf("a wrong label: %v", err)
	}
	w.mustBeStrict(t)
}

// scripted is an X that answers from a table: "METHOD path" to a status and a body.
func scripted(t *testing.T, answers map[string]string) (*xapi.Client, func() []string) {
	t.Helper()
	calls := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		auth, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		key := r.Method + " " + r.URL.Path
		calls <- auth + " " + key
		text, found := answers[auth+" "+key]
		if !found {
			text, found = answers[key]
		}
		status, body, _ := strings.Cut(text, " ")
		if !found {
			status, body = "404", `{"title":"Not Found"}`
		}
		var code int
		_, _ = fmt.Sscan(status, &code)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client := xapi.New(xapi.Config{
		Channel: "support", Profile: "v2", APIBase: server.URL, Quota: noQuota{}, Log: slog.New(slog.DiscardHandler),
		Keys: xapi.Keys{ConsumerKey: "k", ConsumerSecret: "s", AccessToken: "t", AccessTokenSecret: "u"},
	})
	return client, func() []string {
		var all []string
		for len(calls) > 0 {
			all = append(all, <-calls)
		}
		return all
	}
}

const me = `200 {"data":{"id":"7","username":"b","name":"B"}}`

func TestKeysAreTriedInTurn(t *testing.T) {
	const hooks, refused = "/2/webhooks", `403 {"type":"https://api.twitter.com/2/problems/unsupported-authentication"}`
	c, calls := scripted(t, map[string]string{
		"POST /oauth2/token": `200 {"access_token":"T"}`, "OAuth POST " + hooks: refused, "Bearer POST " + hooks: `200 {"data":{"id":5,"url":"u","valid":true}}`,
		"OAuth GET /2/activity/subscriptions": refused, "Bearer GET /2/activity/subscriptions": `200 {"data":[]}`,
		"GET /2/users/me": me, "POST /2/account_activity/webhooks/5/subscriptions/all": `400 {"errors":[{"message":"DuplicateSubscriptionFailed"}]}`,
		"GET /2/account_activity/webhooks/5/subscriptions/all": `200 {"data":{"subscribed":true}}`,
	})
	hook, err := c.RegisterWebhook(t.Context(), "u")
	if err != nil || hook.ID != "5" {
		t.Errorf("%+v, %v", hook, err)
	}
	if _, err := c.Subscriptions(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.SubscribeAll(t.Context(), "5"); err != nil {
		t.Error(err)
	}
	if has, err := c.IsSubscribedAll(t.Context(), "5"); err != nil || !has {
		t.Errorf("%t, %v", has, err)
	}
	want := []string{
		"OAuth POST /2/webhooks", "Basic POST /oauth2/token", "Bearer POST /2/webhooks", "OAuth GET /2/activity/subscriptions",
		"Bearer GET /2/activity/subscriptions", "OAuth POST /2/account_activity/webhooks/5/subscriptions/all",
		"OAuth GET /2/account_activity/webhooks/5/subscriptions/all",
	}
	if got := calls(); !slices.Equal(got, want) {
		t.Errorf("calls:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTokenIsFetchedAgain(t *testing.T) {
	c, calls := scripted(t, map[string]string{
		"POST /oauth2/token": `200 {"access_token":"T"}`, "GET /2/webhooks": `401 {"title":"Unauthorized"}`,
	})
	if _, err := c.Webhooks(t.Context()); bridge.KindOf(err) != bridge.Operator {
		t.Error(err)
	}
	if got := calls(); len(got) != 4 {
		t.Errorf("calls: %q; want the token and the list, twice", got)
	}
}

func TestKeysThatWereGoodAreNotGoneRound(t *testing.T) {
	answers := map[string]string{"POST /oauth2/token": `200 {"access_token":"T"}`, "GET /2/activity/subscriptions": `200 {"data":[]}`}
	c, _ := scripted(t, answers)
	if _, err := c.Subscriptions(t.Context()); err != nil {
		t.Fatal(err)
	}
	answers["OAuth GET /2/activity/subscriptions"] = `401 {"title":"Unauthorized"}`
	if _, err := c.Subscriptions(t.Context()); bridge.KindOf(err) != bridge.Operator {
		t.Errorf("revoked keys: %v; want to hear of it", err)
	}
}

func TestSubscribesByKind(t *testing.T) {
	for _, shape := range []string{"", "object", "array"} {
		t.Run("shape "+shape, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{AllowAnyURL: true, SubscriptionShape: shape})
			c := w.client("v2")
			ctx := t.Context()
			address, _ := newHook(t, w.brand.ConsumerSecret)
			hook, err := c.RegisterWebhook(ctx, address)
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"dm.received", "oauth.revoke", "dm.received"} {
				if err := c.Subscribe(ctx, kind, ""); err != nil {
					t.Error(err)
				}
			}
			if err := c.Subscribe(ctx, "dm.received", hook.ID); err != nil {
				t.Error(err)
			}
			all, err := c.Subscriptions(ctx)
			if err != nil || len(all) != 2 || all[0].WebhookID != hook.ID || all[1].WebhookID != "" || all[0].UserID != w.brand.ID || all[0].Tag != "perch-dm.received" {
				t.Errorf("Subscriptions = %+v, %v", all, err)
			}
			for range 2 {
				if err := c.Unsubscribe(ctx, all[0].ID); err != nil {
					t.Error(err)
				}
			}
			w.mustBeStrict(t)
		})
	}
}

func TestAnErrorInsideASuccess(t *testing.T) {
	answers := map[string]string{"GET /2/users/me": me, "POST /2/activity/subscriptions": `200 {"errors":[{"title":"Forbidden","detail":"no scope"}]}`}
	c, _ := scripted(t, answers)
	if err := c.Subscribe(t.Context(), "dm.received", ""); bridge.KindOf(err) != bridge.Rejected {
		t.Errorf("%v; want a refusal", err)
	}
	answers["POST /2/activity/subscriptions"] = `200 {"data":[],"errors":[{"title":"DuplicateSubscriptionFailed"}]}`
	if err := c.Subscribe(t.Context(), "dm.received", ""); err != nil {
		t.Error(err)
	}
}

var errEnough = errors.New("enough")

func TestStream(t *testing.T) {
	w := newWorld(t, sim.XOptions{KeepAlive: 50 * time.Millisecond})
	c := w.client("v2")
	if err := c.Subscribe(t.Context(), "dm.received", ""); err != nil {
		t.Fatal(err)
	}
	w.DM(annID, w.brand.ID, sim.Message{Text: "before"})
	var texts []string
	empty := 0
	err := c.Stream(t.Context(), 5, func(line []byte) error {
		if len(line) == 0 {
			if empty++; empty == 2 {
				w.DM(annID, w.brand.ID, sim.Message{Text: "now"})
			}
			return nil
		}
		for _, e := range payload.Read(line).Events {
			texts = append(texts, e.Text)
		}
		if len(texts) == 2 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || !slices.Equal(texts, []string{"before", "now"}) {
		t.Errorf("%q, %v", texts, err)
	}
	err = c.Stream(t.Context(), 0, func([]byte) error {
		w.CutStreams()
		return nil
	})
	if bridge.KindOf(err) != bridge.Temporary {
		t.Errorf("a cut: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if err := c.Stream(ctx, 0, func([]byte) error { stop(); return nil }); err == nil {
		t.Error("no error at the end of the context")
	}
	w.mustBeStrict(t)
}

func TestStreamSaysWhyItEnds(t *testing.T) {
	answers := map[string]string{
		"POST /oauth2/token":      `200 {"access_token":"T"}`,
		"GET /2/activity/stream":  "200 \r\n" + `{"errors":[{"title":"operational-disconnect","detail":"This stream has been disconnected."}]}` + "\r\n",
		"GET /2/activity/stream2": "",
	}
	c, _ := scripted(t, answers)
	lines := 0
	count := func([]byte) error { lines++; return nil }
	if err := c.Stream(t.Context(), 0, count); bridge.AsError(err).Code != "stream/errors" || lines != 2 {
		t.Errorf("%v after %d lines", err, lines)
	}
	answers["GET /2/activity/stream"] = `429 {"title":"ConnectionException","detail":"This stream is currently at the maximum allowed connection limit."}`
	if err := c.Stream(t.Context(), 0, count); bridge.AsError(err).Code != "stream/connections" {
		t.Error(err)
	}
	answers["GET /2/activity/stream"] = `402 {"title":"CreditsDepleted","type":"https://api.twitter.com/2/problems/credits"}`
	if err := c.Stream(t.Context(), 0, count); bridge.KindOf(err) != bridge.Operator {
		t.Error(err)
	}
}

// missedAll fetches a whole list, oldest first.
func missedAll(t *testing.T, page func(next string) (xapi.Page, error)) []xapi.Missed {
	t.Helper()
	var all []xapi.Missed
	for next := ""; ; {
		p, err := page(next)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Events...)
		if next = p.Next; next == "" {
			slices.Reverse(all)
			return all
		}
	}
}

func TestMissedMessagesReadLikeLiveOnes(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{})
			c := w.client(profile)
			var want []string
			for i := range 120 {
				want = append(want, w.DM(annID, w.brand.ID, sim.Message{Text: fmt.Sprintf("a <b> & https://shop.example/%d", i)}))
			}
			photo := w.DM(annID, w.brand.ID, sim.Message{Text: "look", Files: []media.File{media.SamplePNG()}})
			if _, err := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: "own"}); err != nil {
				t.Fatal(err)
			}
			all := missedAll(t, func(next string) (xapi.Page, error) { return c.MissedDMs(t.Context(), 100, next) })
			if len(all) != 122 || !all[121].Own {
				t.Fatalf("%d messages, want 122 with the own one at the end", len(all))
			}
			for i, m := range all {
				got := payload.Read(m.Body)
				if len(got.Events) != 1 || got.Events[0].Kind != bridge.KindDM || got.Events[0].XID != m.ID || !got.Events[0].CreatedAt.Equal(m.CreatedAt) {
					t.Fatalf("message %d: %+v", i, got)
				}
				e := got.Events[0]
				if i < 120 && (e.XID != want[i] || e.From.ID != annID || e.To.ID != w.brand.ID || e.ForUser != w.brand.ID || !strings.HasPrefix(e.Text, "a <b> & https://t.co/")) {
					t.Fatalf("message %d: %+v", i, e)
				}
				if e.XID == photo && (len(e.Media) != 1 || e.Media[0].Variants[0].URL == "" || e.Text != "look") {
					t.Errorf("photo: %+v", e)
				}
				if profile == "v2" && i < 120 && e.From.Handle != "annlee" {
					t.Fatalf("message %d has no handle", i)
				}
			}
			w.mustBeStrict(t)
		})
	}
}

func TestMissedMentionsReadLikeLiveOnes(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{})
			c := w.client(profile)
			since := w.Post(annID, sim.Post{Text: "@acme_support known"})
			var want []string
			for i := range 230 {
				want = append(want, w.Post(annID, sim.Post{Text: fmt.Sprint("@acme_support ", i, strings.Repeat(" long", 60*(i%2)))}))
			}
			reply := w.Post(annID, sim.Post{Text: "answer", InReplyTo: want[0], Files: []media.File{media.SamplePNG()}})
			_ = reply
			w.Post(annID, sim.Post{Text: "about something else"})
			all := missedAll(t, func(next string) (xapi.Page, error) { return c.MissedMentions(t.Context(), since, 100, next) })
			if len(all) < 230 || len(all) > 231 {
				t.Fatalf("%d posts, want 230 and perhaps the answer", len(all))
			}
			for i, m := range all[:230] {
				got := payload.Read(m.Body)
				if m.ID != want[i] || len(got.Events) != 1 || got.Events[0].Kind != bridge.KindMention || got.Events[0].From.Handle != "annlee" {
					t.Fatalf("post %d: %+v %+v", i, m.ID, got)
				}
				if text := got.Events[0].Text; (i%2 == 1) != (len(text) > 280) {
					t.Fatalf("post %d is %d long", i, len(text))
				}
			}
			w.mustBeStrict(t)
		})
	}
}

func TestClockAhead(t *testing.T) {
	w := newWorld(t, sim.XOptions{Now: func() time.Time { return time.Now().Add(10 * time.Minute) }})
	c := w.client("v2")
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ahead := c.ClockAhead(); (ahead - 10*time.Minute).Abs() > 2*time.Second {
		t.Errorf("ClockAhead = %v, want 10 min", ahead)
	}
}
