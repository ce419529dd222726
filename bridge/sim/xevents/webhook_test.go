package xevents_test

import (
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
)

func TestWebhook_RefusesURLsAndBadAnswers(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	app := simtest.Client{T: t, Base: w.URL(), Bearer: w.Bearer(t)}
	r := simtest.NewReceiver(t, "another secret")
	for _, address := range []string{"http://h.example/x", "https://h.example:5000/x", "x", "https://h.example/" + strings.Repeat("x", 200)} {
		if got := app.Post("/2/webhooks", map[string]any{"url": address}); got.Status != 400 || !strings.Contains(got.Body, "UrlValidationFailed") {
			t.Errorf("%s: %d %s", address, got.Status, got.Body)
		}
	}
	w.Change(func(o *sim.XOptions) { o.AllowAnyURL = true })
	if got := app.Post("/2/webhooks", map[string]any{"url": r.URL}); got.Status != 400 || !strings.Contains(got.Body, "CrcValidationFailed") {
		t.Errorf("wrong token: %d %s", got.Status, got.Body)
	}
	good := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	if got := app.Post("/2/webhooks", map[string]any{"url": good.URL}); got.Status != 200 {
		t.Errorf("good: %d %s", got.Status, got.Body)
	}
	if got := app.Post("/2/webhooks", map[string]any{"url": good.URL}); got.Status != 400 || !strings.Contains(got.Body, "DuplicateUrlFailed") {
		t.Errorf("again: %d %s", got.Status, got.Body)
	}
	if got := app.Post("/2/webhooks", map[string]any{"url": good.URL + "/2"}); got.Status != 400 || !strings.Contains(got.Body, "WebhookLimitExceeded") {
		t.Errorf("second: %d %s", got.Status, got.Body)
	}
	w.Clean(t)
	if got := w.Client.Get("/2/webhooks"); got.Status != 403 {
		t.Errorf("list with user keys: %d", got.Status)
	}
}

func TestWebhook_LosesItsValidityByXsRules(t *testing.T) {
	t.Parallel()
	watch := simtest.NewClock()
	w := simtest.NewWorld(t, sim.XOptions{AllowAnyURL: true, Now: watch.Now})
	app := simtest.Client{T: t, Base: w.URL(), Bearer: w.Bearer(t)}
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	id := app.Post("/2/webhooks", map[string]any{"url": r.URL}).Text("data", "id")
	valid := func() string { return app.Get("/2/webhooks").Text("data", 0, "valid") }
	r.Close()
	w.Revalidate(t.Context())
	if valid() != "true" {
		t.Error("invalid at once, although it was only out of order")
	}
	watch.Add(29 * time.Hour)
	w.Revalidate(t.Context())
	if valid() != "false" {
		t.Error("valid after 29 hours out of order")
	}
	if got := app.Call("PUT", "/2/webhooks/"+id, "", nil); got.Text("data", "valid") != "false" {
		t.Errorf("renewed although it does not answer: %s", got.Body)
	}
}
