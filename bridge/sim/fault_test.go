package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
)

func TestFault_StrikesBeforeAndAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	send := func(text string) (reply, error) {
		return w.client.try(http.MethodPost, "/2/dm_conversations/with/"+w.customer.ID+"/messages", "application/json", []byte(`{"text":"`+text+`"}`))
	}
	w.Fault(fault.Fault{Endpoint: "dm.send", Status: 503, Times: 1, Header: map[string]string{"Retry-After": "7"}, RawBody: "<html>"})
	if r, err := send("a"); err != nil || r.status != 503 || r.header.Get("Retry-After") != "7" || r.body != "<html>" {
		t.Errorf("before: %v %+v", err, r)
	}
	w.Fault(fault.Fault{Endpoint: "dm.send", Drop: true, Times: 1})
	if _, err := send("b"); err == nil {
		t.Error("a dropped call was answered")
	}
	if len(w.SentDMs()) != 0 {
		t.Errorf("carried out: %+v", w.SentDMs())
	}
	lost := fault.Lost()
	lost.Times = 1
	w.Fault(lost)
	if _, err := send("c"); err == nil {
		t.Error("a lost answer arrived")
	}
	w.Fault(fault.Fault{Endpoint: "dm.send", Status: 500, After: true, Times: 1})
	if r, err := send("d"); err != nil || r.status != 500 {
		t.Errorf("after: %v %d", err, r.status)
	}
	slow := fault.Slow(50 * time.Millisecond)
	slow.Times = 1
	w.Fault(slow)
	began := time.Now()
	if r, err := send("e"); err != nil || r.status != 201 || time.Since(began) < 50*time.Millisecond {
		t.Errorf("slow: %v %d", err, r.status)
	}
	if got := w.SentDMs(); len(got) != 3 {
		t.Errorf("carried out: %+v", got)
	}
	w.clean(t)
}

func TestFault_PresetsAnswerInBothForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	for _, preset := range []func() fault.Fault{
		fault.Keys, fault.Clock, fault.Credits, fault.UsageCap, fault.Suspended, fault.PeerSuspended, fault.Locked,
		fault.Permission, fault.NoWrite, fault.NoV11, fault.NotEnrolled, fault.UserNotEnrolled, fault.WrongAuth,
		fault.CannotDM, fault.Unreachable, fault.Automated, fault.Duplicate, fault.TooLong, fault.DMTooLong,
		fault.PostGone, fault.RepliesRestricted, fault.NotVisible, fault.Summoned, fault.Policy, fault.Media,
		fault.MediaExpired, fault.DailyPosts, fault.Calm, fault.Unavailable, fault.Broken,
		func() fault.Fault { return fault.RateLimited(time.Unix(1795000000, 0)) },
	} {
		f := preset()
		f.Endpoint = ""
		w.Fault(f)
		r := w.client.get("/2/users/me")
		if r.status != f.Status || !strings.Contains(r.body, firstWord(f)) {
			t.Errorf("%+v answered %d %s", f, r.status, r.body)
		}
		w.ClearFaults()
	}
	if r := w.client.get("/2/users/me"); r.status != 200 {
		t.Errorf("without faults: %d", r.status)
	}
	w.clean(t)
}

func firstWord(f fault.Fault) string {
	if f.RawBody != "" {
		return f.RawBody
	}
	return strings.ReplaceAll(f.Detail, "&", `\u0026`)
}

func TestFault_StrikesAShareOfTheCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	w.SetLimit("users.me", 0, time.Minute)
	f := fault.Unavailable()
	f.Percent = 50
	w.Fault(f)
	seen := map[int]int{}
	for range 100 {
		seen[w.client.get("/2/users/me").status]++
	}
	if seen[200] < 10 || seen[503] < 10 {
		t.Errorf("statuses: %v", seen)
	}
}
