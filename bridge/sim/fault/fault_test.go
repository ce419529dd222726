package fault_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/simtest"
)

func TestFault_StrikesBeforeAndAfter(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	send := func(text string) (simtest.Reply, error) {
		return w.Client.Try(http.MethodPost, "/2/dm_conversations/with/"+w.Customer.ID+"/messages", "application/json", []byte(`{"text":"`+text+`"}`))
	}
	w.Fault(fault.Fault{Endpoint: "dm.send", Status: 503, Times: 1, Header: map[string]string{"Retry-After": "7"}, RawBody: "<html>"})
	if r, err := send("a"); err != nil || r.Status != 503 || r.Header.Get("Retry-After") != "7" || r.Body != "<html>" {
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
	if r, err := send("d"); err != nil || r.Status != 500 {
		t.Errorf("after: %v %d", err, r.Status)
	}
	slow := fault.Slow(50 * time.Millisecond)
	slow.Times = 1
	w.Fault(slow)
	began := time.Now()
	if r, err := send("e"); err != nil || r.Status != 201 || time.Since(began) < 50*time.Millisecond {
		t.Errorf("slow: %v %d", err, r.Status)
	}
	if got := w.SentDMs(); len(got) != 3 {
		t.Errorf("carried out: %+v", got)
	}
	w.Clean(t)
}

func TestFault_PresetsAnswerInBothForms(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
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
		r := w.Client.Get("/2/users/me")
		if r.Status != f.Status || !strings.Contains(r.Body, firstWord(f)) {
			t.Errorf("%+v answered %d %s", f, r.Status, r.Body)
		}
		w.ClearFaults()
	}
	if r := w.Client.Get("/2/users/me"); r.Status != 200 {
		t.Errorf("without faults: %d", r.Status)
	}
	w.Clean(t)
}

func firstWord(f fault.Fault) string {
	if f.RawBody != "" {
		return f.RawBody
	}
	return strings.ReplaceAll(f.Detail, "&", `\u0026`)
}

func TestFault_StrikesAShareOfTheCalls(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	w.SetLimit("users.me", 0, time.Minute)
	f := fault.Unavailable()
	f.Percent = 50
	w.Fault(f)
	seen := map[int]int{}
	for range 100 {
		seen[w.Client.Get("/2/users/me").Status]++
	}
	if seen[200] < 10 || seen[503] < 10 {
		t.Errorf("statuses: %v", seen)
	}
}
