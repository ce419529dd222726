package xv2_test

import (
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
)

func TestActivity_GoesToTheRegisteredWebhook(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{AllowAnyURL: true})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	app := simtest.Client{T: t, Base: w.URL(), Bearer: w.Bearer(t)}
	hook := app.Post("/2/webhooks", map[string]any{"url": r.URL + "/api/messages"})
	id := hook.Text("data", "id")
	if hook.Status != 200 || hook.Text("data", "valid") != "true" {
		t.Fatalf("webhook: %d %s", hook.Status, hook.Body)
	}
	for _, kind := range []string{"dm.received", "post.mention.create"} {
		if s := w.SubscribeTo(kind, id); s.Status != 200 || s.Text("data", "subscription", "subscription_id") == "" {
			t.Fatalf("%s: %d %s", kind, s.Status, s.Body)
		}
	}
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	w.Chat(w.Customer.ID, w.Brand.ID) // not subscribed
	w.Post(w.Customer.ID, sim.Post{Text: "hey @acme_support"})
	w.Settle(t)
	got := r.Got()
	if len(got) != 2 || simtest.Parsed(t, got[0]).Text("data", "tag") != "t-dm.received" || simtest.Parsed(t, got[1]).Text("data", "includes", "users", 1, "id") == "" {
		t.Errorf("bodies: %q", got)
	}
	list := app.Get("/2/activity/subscriptions?max_results=1")
	if list.Text("data", 0, "webhook_id") != id || list.Text("meta", "next_token") == "" || len(w.Subscriptions()) != 2 {
		t.Errorf("list: %s", list.Body)
	}
	sub := list.Text("data", 0, "subscription_id")
	if c := app.Call("PUT", "/2/activity/subscriptions/"+sub, "application/json", []byte(`{"tag":"new"}`)); c.Text("data", "subscription", "tag") != "new" {
		t.Errorf("change: %s", c.Body)
	}
	if d := app.Call("DELETE", "/2/activity/subscriptions/"+sub, "", nil); d.Text("data", "deleted") != "true" {
		t.Errorf("delete: %s", d.Body)
	}
	if d := app.Call("DELETE", "/2/activity/subscriptions?ids="+w.Subscriptions()[0].ID, "", nil); d.Status != 200 || len(w.Subscriptions()) != 0 {
		t.Errorf("delete all: %s", d.Body)
	}
	if d := app.Call("DELETE", "/2/webhooks/"+id, "", nil); d.Text("data", "deleted") != "true" {
		t.Errorf("delete webhook: %s", d.Body)
	}
	w.Clean(t)
}

func TestActivity_RefusesWhatIsNotTheCallers(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	app := simtest.Client{T: t, Base: w.URL(), Bearer: w.Bearer(t)}
	if s := w.SubscribeTo("dm.received", ""); s.Status != 200 {
		t.Errorf("%d %s", s.Status, s.Body)
	}
	if s := w.SubscribeTo("dm.received", ""); s.Status != 400 || !strings.Contains(s.Body, "DuplicateSubscriptionFailed") {
		t.Errorf("again: %d %s", s.Status, s.Body)
	}
	if s := w.SubscribeTo("chat.received", "99"); s.Status != 400 || !strings.Contains(s.Body, "WebhookIdInvalid") {
		t.Errorf("unknown webhook: %d %s", s.Status, s.Body)
	}
	other := `{"event_type":"dm.received","filter":{"user_id":"` + w.Customer.ID + `"}}`
	if s := w.Client.Post("/2/activity/subscriptions", other); s.Status != 403 {
		t.Errorf("somebody else's: %d %s", s.Status, s.Body)
	}
	w.Clean(t)
	if s := app.Post("/2/activity/subscriptions", other); s.Status != 403 || !strings.Contains(s.Body, "unsupported-authentication") {
		t.Errorf("private with a Bearer: %d %s", s.Status, s.Body)
	}
	if s := w.SubscribeTo("PostCreate", ""); s.Status != 400 || len(w.Violations()) != 2 {
		t.Errorf("unknown type: %d, %q", s.Status, w.Violations())
	}
}
