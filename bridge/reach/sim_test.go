package reach_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/reach"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/xevents"
	"perch/bridge/webhook"
	"perch/bridge/xapi"
)

// world is a simulated X with one brand, and a journal that keeps what comes.
type world struct {
	t *testing.T
	*sim.X
	brand   sim.Account
	journal *journal
	log     *strings.Builder
}

func newWorld(t *testing.T, options sim.XOptions) *world {
	t.Helper()
	x, err := sim.StartX(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	w := &world{t: t, X: x, journal: &journal{has: map[string]bool{}, settings: map[string]string{}}, log: &strings.Builder{}}
	w.brand = x.AddAccount(sim.Account{ID: brandID, Handle: "acme_support", Name: "Acme Support"})
	x.AddPerson(sim.Person{ID: annID, Handle: "annlee", Name: "Ann Lee"})
	return w
}

func (w *world) config(profile string) reach.Config {
	log := slog.New(slog.NewTextHandler(w.log, nil))
	client := xapi.New(xapi.Config{
		Channel: "support", Profile: profile, Environment: "support", APIBase: w.URL(), UploadBase: w.URL(), Log: log,
		Keys: xapi.Keys{
			ConsumerKey: w.brand.ConsumerKey, ConsumerSecret: w.brand.ConsumerSecret,
			AccessToken: w.brand.AccessToken, AccessTokenSecret: w.brand.AccessTokenSecret,
		},
	})
	w.t.Cleanup(client.Close)
	return reach.Config{
		Members: []reach.Member{{Channel: "support", X: client, Wanted: bridge.Wanted{Mentions: true, Encrypted: true}}},
		Inbox:   w.journal, Memory: w.journal, Settings: w.journal, Log: log,
	}
}

// run runs a way until the returned function is called.
func (w *world) run(way reach.Source) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := way.Run(ctx); err != nil {
			w.t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not in 20 s: %s", what)
		}
	}
}

func (w *world) untilCame(want ...string) {
	w.t.Helper()
	w.until(fmt.Sprint("messages ", want), func() bool {
		got := w.journal.ids()
		return !slices.ContainsFunc(want, func(id string) bool { return !slices.Contains(got, id) })
	})
}

func (w *world) mustBeStrict() {
	w.t.Helper()
	for _, v := range w.Violations() {
		w.t.Error("X refused a malformed request:", v)
	}
}

func TestStreamAtTheSimulator(t *testing.T) {
	w := newWorld(t, sim.XOptions{KeepAlive: 50 * time.Millisecond})
	way := reach.NewStream(w.config("v2"))
	stop := w.run(way)
	w.until("connected", func() bool { return way.State().State == reach.Connected })
	w.untilCame(w.DM(annID, brandID, sim.Message{Text: "a"}), w.Post(annID, sim.Post{Text: "@acme_support b"}), w.Chat(annID, brandID))
	for range 3 {
		w.CutStreams()
		w.untilCame(w.DM(annID, brandID, sim.Message{Text: "cut"}))
	}
	stop()
	var want []string
	for range 120 {
		want = append(want, w.DM(annID, brandID, sim.Message{Text: "away"}))
		want = append(want, w.Post(annID, sim.Post{Text: "@acme_support away"}))
	}
	again := reach.NewStream(w.config("v2"))
	w.run(again)
	w.untilCame(want...)
	w.until("connected again", func() bool { return again.State().State == reach.Connected })
	w.mustBeStrict()
}

// door is Perch's own webhook handler behind a public address.
func (w *world) door(config reach.Config) (*reach.Webhook, string) {
	handler := webhook.New(webhook.Config{
		Apps:   []webhook.App{{Channels: []string{"support"}, ConsumerSecret: w.brand.ConsumerSecret}},
		Events: w.journal, Log: config.Log,
	})
	server := httptest.NewServer(handler)
	w.t.Cleanup(server.Close)
	address := server.URL + endpoint.PathEvents
	return reach.NewWebhook(reach.WebhookConfig{
		Config: config, URL: func() string { return address },
		Prober: endpoint.Prober{
			Sign: func(token string) string { return xevents.Sign(w.brand.ConsumerSecret, []byte(token)) },
			Seen: func() time.Time { return handler.Stats().LastCRC },
		},
	}), address
}

func TestWebhookAtTheSimulator(t *testing.T) {
	for _, profile := range []string{"v2", "v1.1"} {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{AllowAnyURL: true})
			way, _ := w.door(w.config(profile))
			w.run(way)
			w.until("connected", func() bool { return way.State().State == reach.Connected })
			w.untilCame(w.DM(annID, brandID, sim.Message{Text: "a"}), w.Post(annID, sim.Post{Text: "@acme_support b"}))
			w.InvalidateWebhooks()
			w.DM(annID, brandID, sim.Message{Text: "lost for now"})
			for range 2 { // the second look is for a first one that was under way
				way.Poke()
				time.Sleep(100 * time.Millisecond)
			}
			w.untilCame(w.DM(annID, brandID, sim.Message{Text: "c"}))
			w.mustBeStrict()
		})
	}
}

func TestWebhookTakesThePlaceOfADeadOne(t *testing.T) {
	w := newWorld(t, sim.XOptions{AllowAnyURL: true})
	old := w.config("v2")
	first, _ := w.door(old)
	stop := w.run(first)
	w.until("connected", func() bool { return first.State().State == reach.Connected })
	stop()
	second, address := w.door(w.config("v2"))
	w.run(second)
	w.until("connected at the new address", func() bool { return second.State().State == reach.Connected })
	w.untilCame(w.DM(annID, brandID, sim.Message{Text: "a"}))
	hooks, err := old.Members[0].X.Webhooks(t.Context())
	if err != nil || len(hooks) != 1 || hooks[0].URL != address {
		t.Errorf("webhooks: %+v, %v", hooks, err)
	}
	w.mustBeStrict()
}

func TestPollAtTheSimulator(t *testing.T) {
	for _, profile := range []string{"v2", "v1.1"} {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{})
			way := reach.NewPoll(w.config(profile))
			w.run(way)
			w.until("connected", func() bool { return way.State().State == reach.Connected })
			for range 3 {
				id, post := w.DM(annID, brandID, sim.Message{Text: "a"}), w.Post(annID, sim.Post{Text: "@acme_support b"})
				way.Poke()
				w.untilCame(id, post)
			}
			w.mustBeStrict()
		})
	}
}

func TestRevokedKeysAreNamed(t *testing.T) {
	w := newWorld(t, sim.XOptions{KeepAlive: 50 * time.Millisecond})
	way := reach.NewPoll(w.config("v2"))
	w.run(way)
	w.until("connected", func() bool { return way.State().State == reach.Connected })
	w.Fault(fault.Keys())
	way.Poke()
	w.until("degraded", func() bool { return way.State().State == reach.Degraded })
	if s := way.State(); !strings.Contains(s.Detail, "X refused the keys") || s.Remedy == "" {
		t.Errorf("%+v", s)
	}
	if bridge.LinkDegraded != reach.Degraded || bridge.LinkOK != reach.Connected {
		t.Error("the words for the states differ")
	}
}
