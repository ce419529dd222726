package sim_test

import (
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
)

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
	watch := newClock()
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
