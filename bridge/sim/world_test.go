package sim_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim"
)

// world is an X with the brand and a customer.
type world struct {
	*sim.X
	brand    sim.Account
	customer sim.Person
	client   client
}

func newWorld(t *testing.T, options sim.XOptions) *world {
	t.Helper()
	x, err := sim.StartX(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	w := &world{X: x}
	w.brand = x.AddAccount(sim.Account{ID: "4337869213", Handle: "acme_support", Name: "Acme Support"})
	w.customer = x.AddPerson(sim.Person{ID: "3001969357", Handle: "annlee", Name: "Ann Lee"})
	w.client = client{t: t, base: x.URL(), account: w.brand}
	return w
}

// clean fails when the simulator found anything malformed.
func (w *world) clean(t *testing.T) {
	t.Helper()
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("violations: %s", strings.Join(v, "\n"))
	}
}

// subscribeTo subscribes the brand to a kind of activity event; "" for no webhook.
func (w *world) subscribeTo(kind, webhookID string) reply {
	body := map[string]any{"event_type": kind, "filter": map[string]any{"user_id": w.brand.ID}, "tag": "t-" + kind}
	if webhookID != "" {
		body["webhook_id"] = webhookID
	}
	return w.client.post("/2/activity/subscriptions", body)
}

func (w *world) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := w.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}

// bearer gets the app's token from its keys.
func (w *world) bearer(t *testing.T) string {
	t.Helper()
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL()+"/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	request.SetBasicAuth(url.QueryEscape(w.brand.ConsumerKey), url.QueryEscape(w.brand.ConsumerSecret))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var b [512]byte
	n, _ := response.Body.Read(b[:])
	token := parsed(t, string(b[:n])).text("access_token")
	if response.StatusCode != 200 || token == "" {
		t.Fatalf("token: %d %s", response.StatusCode, b[:n])
	}
	return token
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// newClock starts a clock at the present.
func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
