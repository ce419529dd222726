package sim_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
)

func (w *world) subscribe(kind, webhookID string) reply {
	body := map[string]any{"event_type": kind, "filter": map[string]any{"user_id": w.brand.ID}, "tag": "t-" + kind}
	if webhookID != "" {
		body["webhook_id"] = webhookID
	}
	return w.client.post("/2/activity/subscriptions", body)
}

func TestActivity_GoesToTheRegisteredWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{AllowAnyURL: true})
	r := newReceiver(t, w.brand.ConsumerSecret)
	app := client{t: t, base: w.URL(), bearer: w.bearer(t)}
	hook := app.post("/2/webhooks", map[string]any{"url": r.URL + "/api/messages"})
	id := hook.text("data", "id")
	if hook.status != 200 || hook.text("data", "valid") != "true" {
		t.Fatalf("webhook: %d %s", hook.status, hook.body)
	}
	for _, kind := range []string{"dm.received", "post.mention.create"} {
		if s := w.subscribe(kind, id); s.status != 200 || s.text("data", "subscription", "subscription_id") == "" {
			t.Fatalf("%s: %d %s", kind, s.status, s.body)
		}
	}
	w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "a"})
	w.Chat(w.customer.ID, w.brand.ID) // not subscribed
	w.Post(w.customer.ID, sim.Post{Text: "hey @acme_support"})
	w.idle(t)
	got := r.got()
	if len(got) != 2 || parsed(t, got[0]).text("data", "tag") != "t-dm.received" || parsed(t, got[1]).text("data", "includes", "users", 1, "id") == "" {
		t.Errorf("bodies: %q", got)
	}
	list := app.get("/2/activity/subscriptions?max_results=1")
	if list.text("data", 0, "webhook_id") != id || list.text("meta", "next_token") == "" || len(w.Subscriptions()) != 2 {
		t.Errorf("list: %s", list.body)
	}
	sub := list.text("data", 0, "subscription_id")
	if c := app.call("PUT", "/2/activity/subscriptions/"+sub, "application/json", []byte(`{"tag":"new"}`)); c.text("data", "subscription", "tag") != "new" {
		t.Errorf("change: %s", c.body)
	}
	if d := app.call("DELETE", "/2/activity/subscriptions/"+sub, "", nil); d.text("data", "deleted") != "true" {
		t.Errorf("delete: %s", d.body)
	}
	if d := app.call("DELETE", "/2/activity/subscriptions?ids="+w.Subscriptions()[0].ID, "", nil); d.status != 200 || len(w.Subscriptions()) != 0 {
		t.Errorf("delete all: %s", d.body)
	}
	if d := app.call("DELETE", "/2/webhooks/"+id, "", nil); d.text("data", "deleted") != "true" {
		t.Errorf("delete webhook: %s", d.body)
	}
	w.clean(t)
}

func TestActivity_RefusesWhatIsNotTheCallers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	app := client{t: t, base: w.URL(), bearer: w.bearer(t)}
	if s := w.subscribe("dm.received", ""); s.status != 200 {
		t.Errorf("%d %s", s.status, s.body)
	}
	if s := w.subscribe("dm.received", ""); s.status != 400 || !strings.Contains(s.body, "DuplicateSubscriptionFailed") {
		t.Errorf("again: %d %s", s.status, s.body)
	}
	if s := w.subscribe("chat.received", "99"); s.status != 400 || !strings.Contains(s.body, "WebhookIdInvalid") {
		t.Errorf("unknown webhook: %d %s", s.status, s.body)
	}
	other := `{"event_type":"dm.received","filter":{"user_id":"` + w.customer.ID + `"}}`
	if s := w.client.post("/2/activity/subscriptions", other); s.status != 403 {
		t.Errorf("somebody else's: %d %s", s.status, s.body)
	}
	w.clean(t)
	if s := app.post("/2/activity/subscriptions", other); s.status != 403 || !strings.Contains(s.body, "unsupported-authentication") {
		t.Errorf("private with a Bearer: %d %s", s.status, s.body)
	}
	if s := w.subscribe("PostCreate", ""); s.status != 400 || len(w.Violations()) != 2 {
		t.Errorf("unknown type: %d, %q", s.status, w.Violations())
	}
}

func TestWebhook_RefusesURLsAndBadAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	app := client{t: t, base: w.URL(), bearer: w.bearer(t)}
	r := newReceiver(t, "another secret")
	for _, address := range []string{"http://h.example/x", "https://h.example:5000/x", "x", "https://h.example/" + strings.Repeat("x", 200)} {
		if got := app.post("/2/webhooks", map[string]any{"url": address}); got.status != 400 || !strings.Contains(got.body, "UrlValidationFailed") {
			t.Errorf("%s: %d %s", address, got.status, got.body)
		}
	}
	w.Change(func(o *sim.XOptions) { o.AllowAnyURL = true })
	if got := app.post("/2/webhooks", map[string]any{"url": r.URL}); got.status != 400 || !strings.Contains(got.body, "CrcValidationFailed") {
		t.Errorf("wrong token: %d %s", got.status, got.body)
	}
	good := newReceiver(t, w.brand.ConsumerSecret)
	if got := app.post("/2/webhooks", map[string]any{"url": good.URL}); got.status != 200 {
		t.Errorf("good: %d %s", got.status, got.body)
	}
	if got := app.post("/2/webhooks", map[string]any{"url": good.URL}); got.status != 400 || !strings.Contains(got.body, "DuplicateUrlFailed") {
		t.Errorf("again: %d %s", got.status, got.body)
	}
	if got := app.post("/2/webhooks", map[string]any{"url": good.URL + "/2"}); got.status != 400 || !strings.Contains(got.body, "WebhookLimitExceeded") {
		t.Errorf("second: %d %s", got.status, got.body)
	}
	w.clean(t)
	if got := w.client.get("/2/webhooks"); got.status != 403 {
		t.Errorf("list with user keys: %d", got.status)
	}
}

func TestWebhook_LosesItsValidityByXsRules(t *testing.T) {
	t.Parallel()
	watch := &clock{now: time.Now()}
	w := newWorld(t, sim.XOptions{AllowAnyURL: true, Now: watch.Now})
	app := client{t: t, base: w.URL(), bearer: w.bearer(t)}
	r := newReceiver(t, w.brand.ConsumerSecret)
	id := app.post("/2/webhooks", map[string]any{"url": r.URL}).text("data", "id")
	valid := func() string { return app.get("/2/webhooks").text("data", 0, "valid") }
	r.Close()
	w.Revalidate(t.Context())
	if valid() != "true" {
		t.Error("invalid at once, although it was only out of order")
	}
	watch.add(29 * time.Hour)
	w.Revalidate(t.Context())
	if valid() != "false" {
		t.Error("valid after 29 hours out of order")
	}
	if got := app.call("PUT", "/2/webhooks/"+id, "", nil); got.text("data", "valid") != "false" {
		t.Errorf("renewed although it does not answer: %s", got.body)
	}
}

// listen opens a stream and passes on its lines until the test ends or the stream breaks.
func (w *world) listen(t *testing.T, query string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, w.URL()+"/2/activity/stream"+query, nil)
	request.Header.Set("Authorization", "Bearer "+w.bearer(t))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	lines, done := make(chan string, 64), make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		defer close(lines)
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			raw, _ := io.ReadAll(response.Body)
			lines <- string(raw)
			return
		}
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

func next(t *testing.T, lines <-chan string) (string, bool) {
	t.Helper()
	select {
	case line, open := <-lines:
		return line, open
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return "", false
	}
}

func TestStream_TellsEventsAndFillsGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	w.subscribe("dm.received", "")
	lines := w.listen(t, "")
	a := w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "a"})
	if line, _ := next(t, lines); !strings.Contains(line, a) {
		t.Errorf("live: %s", line)
	}
	w.CutStreams()
	if line, open := next(t, lines); open {
		t.Errorf("after the cut: %s", line)
	}
	b := w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "b"})
	lines = w.listen(t, "?backfill_minutes=2")
	for _, id := range []string{a, b} {
		if line, _ := next(t, lines); !strings.Contains(line, id) {
			t.Errorf("backfill: %s", line)
		}
	}
	w.listen(t, "")
	if line, _ := next(t, w.listen(t, "")); !strings.Contains(line, "maximum allowed connection limit") {
		t.Errorf("third stream: %s", line)
	}
	if w.Streams() != 2 {
		t.Errorf("%d streams", w.Streams())
	}
	w.clean(t)
}

func TestStream_KeepsAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{KeepAlive: time.Millisecond})
	if line, open := next(t, w.listen(t, "")); line != "" || !open {
		t.Errorf("keep-alive: %q", line)
	}
}
