package sim_test

import (
	"strconv"
	"testing"
	"time"

	"perch/bridge/sim"
)

func TestX_KeepsRateLimitWindows(t *testing.T) {
	t.Parallel()
	watch := newClock()
	w := newWorld(t, sim.XOptions{Now: watch.Now})
	w.SetLimit("dm.send", 2, time.Minute)
	w.SetLimit("dm.send", 3, 24*time.Hour)
	send := func() reply {
		w.client.shift = time.Until(watch.Now())
		return w.client.post("/2/dm_conversations/with/"+w.customer.ID+"/messages", `{"text":"a"}`)
	}
	for n, want := range []int{201, 201, 429} {
		r := send()
		if r.status != want || r.header.Get("X-Rate-Limit-Remaining") != strconv.Itoa(max(1-n, 0)) {
			t.Errorf("call %d: %d %v", n, r.status, r.header)
		}
		reset, _ := strconv.ParseInt(r.header.Get("X-Rate-Limit-Reset"), 10, 64)
		if left := time.Unix(reset, 0).Sub(watch.Now()); left <= 58*time.Second || left > time.Minute {
			t.Errorf("call %d: the window ends in %v", n, left)
		}
	}
	watch.add(time.Minute)
	if r := send(); r.status != 201 || r.header.Get("X-User-Limit-24hour-Remaining") != "0" || r.header.Get("X-App-Limit-24hour-Limit") != "1440" {
		t.Errorf("in the next window: %d %v", r.status, r.header)
	}
	if r := send(); r.status != 429 || r.header.Get("X-Rate-Limit-Remaining") != "1" || r.text("title") != "Too Many Requests" {
		t.Errorf("with the day used up: %d %v", r.status, r.header)
	}
	watch.add(24 * time.Hour)
	if r := send(); r.status != 201 {
		t.Errorf("the next day: %d %v", r.status, r.header)
	}
	if n := w.Calls("dm.send"); n != 6 {
		t.Errorf("%d calls", n)
	}
	w.clean(t)
}
