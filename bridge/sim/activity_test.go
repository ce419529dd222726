package sim_test

import (
	"strings"
	"testing"

	"perch/bridge/sim"
)

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
		if s := w.subscribeTo(kind, id); s.status != 200 || s.text("data", "subscription", "subscription_id") == "" {
			t.Fatalf("%s: %d %s", kind, s.status, s.body)
		}
	}
	w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "a"})
	w.Chat(w.customer.ID, w.brand.ID) // not subscribed
	w.Post(w.customer.ID, sim.Post{Text: "hey @acme_support"})
	w.settle(t)
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
	if s := w.subscribeTo("dm.received", ""); s.status != 200 {
		t.Errorf("%d %s", s.status, s.body)
	}
	if s := w.subscribeTo("dm.received", ""); s.status != 400 || !strings.Contains(s.body, "DuplicateSubscriptionFailed") {
		t.Errorf("again: %d %s", s.status, s.body)
	}
	if s := w.subscribeTo("chat.received", "99"); s.status != 400 || !strings.Contains(s.body, "WebhookIdInvalid") {
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
	if s := w.subscribeTo("PostCreate", ""); s.status != 400 || len(w.Violations()) != 2 {
		t.Errorf("unknown type: %d, %q", s.status, w.Violations())
	}
}
