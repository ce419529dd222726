package xgate_test

import (
	"strconv"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
)

func TestX_KeepsRateLimitWindows(t *testing.T) {
	t.Parallel()
	watch := simtest.NewClock()
	w := simtest.NewWorld(t, sim.XOptions{Now: watch.Now})
	w.SetLimit("dm.send", 2, time.Minute)
	w.SetLimit("dm.send", 3, 24*time.Hour)
	send := func() simtest.Reply {
		w.Client.Shift = time.Until(watch.Now())
		return w.Client.Post("/2/dm_conversations/with/"+w.Customer.ID+"/messages", `{"text":"a"}`)
	}
	for n, want := range []int{201, 201, 429} {
		r := send()
		if r.Status != want || r.Header.Get("X-Rate-Limit-Remaining") != strconv.Itoa(max(1-n, 0)) {
			t.Errorf("call %d: %d %v", n, r.Status, r.Header)
		}
		reset, _ := strconv.ParseInt(r.Header.Get("X-Rate-Limit-Reset"), 10, 64)
		if left := time.Unix(reset, 0).Sub(watch.Now()); left <= 58*time.Second || left > time.Minute {
			t.Errorf("call %d: the window ends in %v", n, left)
		}
	}
	watch.Add(time.Minute)
	if r := send(); r.Status != 201 || r.Header.Get("X-User-Limit-24hour-Remaining") != "0" || r.Header.Get("X-App-Limit-24hour-Limit") != "1440" {
		t.Errorf("in the next window: %d %v", r.Status, r.Header)
	}
	if r := send(); r.Status != 429 || r.Header.Get("X-Rate-Limit-Remaining") != "1" || r.Text("title") != "Too Many Requests" {
		t.Errorf("with the day used up: %d %v", r.Status, r.Header)
	}
	watch.Add(24 * time.Hour)
	if r := send(); r.Status != 201 {
		t.Errorf("the next day: %d %v", r.Status, r.Header)
	}
	if n := w.Calls("dm.send"); n != 6 {
		t.Errorf("%d calls", n)
	}
	w.Clean(t)
}
