package sim_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xevents"
)

func TestX_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Echo: true, Parallel: 4, Batch: 3, DuplicateEvery: 5, ReorderEvery: 7, Retries: slices.Repeat([]time.Duration{time.Millisecond}, 6)})
	w.SetLimit("dm.send", 0, time.Minute)
	w.SetLimit("dm.send", 0, 24*time.Hour)
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	// Beside others a repeat may be a tenth call, too; six of them are not.
	r.Answer = func(n int) int { return map[bool]int{true: 503, false: 200}[n%10 == 0] }
	w.SetWebhook(w.Brand.ID, r.URL, xevents.Legacy)
	w.Fault(fault.Fault{Endpoint: "users.me", Status: 500, Percent: 50})
	w.SubscribeTo("dm.received", "")
	w.Listen(t, "")
	var wg sync.WaitGroup
	const workers, rounds = 8, 15
	for i := range workers {
		wg.Go(func() {
			for n := range rounds {
				text := strconv.Itoa(i) + "-" + strconv.Itoa(n)
				w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: text})
				w.Post(w.Customer.ID, sim.Post{Text: "@acme_support " + text})
				w.Client.Post("/2/dm_conversations/with/"+w.Customer.ID+"/messages", map[string]any{"text": text})
				w.Client.Get("/2/users/me")
				w.Change(func(o *sim.XOptions) { o.Batch = 1 + n%3 })
				w.Rename(w.Customer.ID, "ann"+text)
				_, _, _ = w.Deliveries(), w.SentDMs(), w.Calls("")
			}
		})
	}
	wg.Wait()
	w.Settle(t)
	if got := w.SentDMs(); len(got) != workers*rounds {
		t.Errorf("%d sent", len(got))
	}
	seen := map[string]bool{}
	for _, d := range w.Deliveries() {
		for _, id := range d.EventIDs {
			seen[id] = seen[id] || d.Status == 200
		}
	}
	for id, arrived := range seen {
		if !arrived {
			t.Errorf("%s never arrived", id)
		}
	}
	if len(seen) != 3*workers*rounds {
		t.Errorf("%d events", len(seen))
	}
	w.Clean(t)
}

func TestX_ClosesInTheMiddleOfEverything(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	r.Answer = func(int) int { return 500 }
	w.SetWebhook(w.Brand.ID, r.URL, xevents.XAA)
	w.Listen(t, "")
	w.Fault(fault.Fault{Endpoint: "users.me", Delay: time.Hour})
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = w.Client.Try("GET", "/2/users/me", "", nil)
	}()
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	for w.Calls("users.me") == 0 || len(w.Deliveries()) == 0 {
		time.Sleep(time.Millisecond) //nolint:forbidigo // real connections, so no virtual time
	}
	began := time.Now()
	if err := w.Close(); err != nil || time.Since(began) > 20*time.Second {
		t.Errorf("closing took %v: %v", time.Since(began), err)
	}
	<-answered
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "after the end"})
}
