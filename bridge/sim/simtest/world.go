package simtest

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

// World is an X with the brand and a customer.
type World struct {
	*sim.X
	Brand    sim.Account
	Customer sim.Person
	Client   Client
}

// NewWorld starts an X with the brand and a customer; it ends with the test.
func NewWorld(t *testing.T, options sim.XOptions) *World {
	t.Helper()
	x, err := sim.StartX(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	w := &World{X: x}
	w.Brand = x.AddAccount(sim.Account{ID: "4337869213", Handle: "acme_support", Name: "Acme Support"})
	w.Customer = x.AddPerson(sim.Person{ID: "3001969357", Handle: "annlee", Name: "Ann Lee"})
	w.Client = Client{T: t, Base: x.URL(), Account: w.Brand}
	return w
}

// Clean fails when the simulator found anything malformed.
func (w *World) Clean(t *testing.T) {
	t.Helper()
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("violations: %s", strings.Join(v, "\n"))
	}
}

// SubscribeTo subscribes the brand to a kind of activity event; "" for no webhook.
func (w *World) SubscribeTo(kind, webhookID string) Reply {
	body := map[string]any{"event_type": kind, "filter": map[string]any{"user_id": w.Brand.ID}, "tag": "t-" + kind}
	if webhookID != "" {
		body["webhook_id"] = webhookID
	}
	return w.Client.Post("/2/activity/subscriptions", body)
}

// Settle waits until every event was delivered or given up.
func (w *World) Settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := w.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}

// Bearer gets the app's token from its keys.
func (w *World) Bearer(t *testing.T) string {
	t.Helper()
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL()+"/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	request.SetBasicAuth(url.QueryEscape(w.Brand.ConsumerKey), url.QueryEscape(w.Brand.ConsumerSecret))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var b [512]byte
	n, _ := response.Body.Read(b[:])
	token := Parsed(t, string(b[:n])).Text("access_token")
	if response.StatusCode != 200 || token == "" {
		t.Fatalf("token: %d %s", response.StatusCode, b[:n])
	}
	return token
}

// Clock is a clock that a test moves.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts a clock at the present.
func NewClock() *Clock { return &Clock{now: time.Now()} }

// Now is the time that the test set.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
