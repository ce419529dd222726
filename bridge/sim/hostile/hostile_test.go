package hostile_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xevents"
)

// What was sent oddly is written down, and happens once.
func TestAnOddityStrikesOnceAndWhatItIsFor(t *testing.T) {
	x, err := sim.StartX(sim.XOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	x.AddAccount(sim.Account{ID: "7", Handle: "acme"})
	var got [][]byte
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		got = append(got, b.Bytes())
	}))
	t.Cleanup(hook.Close)
	x.SetWebhook("7", hook.URL, xevents.XAA)
	x.Hostile(hostile.Oddity{Endpoint: hostile.Events, Kind: hostile.Mark, For: "second"})
	for _, text := range []string{"first", "second", "second again"} {
		x.DM("9", "7", sim.Message{Text: text})
	}
	if err := x.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0][0] != '{' || got[1][0] == '{' || got[2][0] != '{' {
		t.Errorf("posted: %.60q", got)
	}
	if struck := x.Calm(); len(struck) != 1 || struck[0].Kind != hostile.Mark {
		t.Errorf("written down: %+v", struck)
	}
}

// A call looks at what X knows to see whether an oddity is for it, and an event that X tells may meet one meanwhile.
func TestCallsAndEventsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	w.SetLimit("posts.get", 0, time.Minute)
	w.SubscribeTo("dm.received", "")
	id := w.Post(w.Customer.ID, sim.Post{Text: "@acme_support hello"})
	w.Hostile(hostile.Oddity{Endpoint: "posts.get", For: "nothing has this"})
	w.Hostile(hostile.Oddity{Endpoint: hostile.Events, For: "nothing has this"})
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 50 {
					_, _ = w.Client.Try(http.MethodGet, "/2/tweets/"+id, "", nil)
				}
			})
			wg.Go(func() {
				for range 500 {
					w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "hi"})
				}
			})
		}
		wg.Wait()
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		panic("calls and events wait for each other") // Close would wait for them, too
	}
	w.Clean(t)
}
