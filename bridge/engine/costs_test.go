package engine_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// fakeCosts bills public replies with a link apart, and tells agents of them.
type fakeCosts struct{ isSaving bool }

func (fakeCosts) Sent(kind bridge.MessageKind, text string) bridge.BilledKind {
	switch {
	case kind == bridge.KindDM:
		return bridge.BilledDMSent
	case kind == bridge.KindHide:
		return bridge.BilledHide
	case strings.Contains(text, "acme.com"):
		return bridge.BilledLinkReply
	}
	return bridge.BilledReply
}

func (c fakeCosts) LinkNote(d *bridge.Delivery) string {
	if c.Sent(d.Kind, d.Text) == bridge.BilledLinkReply {
		return "it is dear."
	}
	return ""
}

func (c fakeCosts) IsSaving() bool { return c.isSaving }

// billed is how often each kind was counted.
func (r *rig) billed() map[bridge.BilledKind]int {
	r.t.Helper()
	bills, err := r.journal.Bills(context.Background(), 0, math.MaxInt32)
	if err != nil {
		r.t.Fatal(err)
	}
	all := map[bridge.BilledKind]int{}
	for _, b := range bills {
		all[b.Kind] += b.N
	}
	return all
}

func activityBody(event, tag, id, text string) []byte {
	return fmt.Appendf(nil, `{"data":{"event_type":%q,"tag":%q,"filter":{"user_id":%q},"payload":{"id":%q,"text":%q,"sender_id":%q,"event_type":"MessageCreate",
		"dm_conversation_id":"3001969357-4337869213"},"includes":{"users":[{"id":%q,"username":"annlee"}]}}}`, event, tag, brandID, id, text, customerID, customerID)
}

func TestWhatXBillsIsCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.costs = fakeCosts{} })
		r.receive(
			activityBody("dm.received", "perch-dm.received", "1", "hello"), activityBody("dm.received", "perch-dm.received", "1", "hello"), // X repeats itself
			activityBody("dm.received", bridge.FetchedTag, "2", "fetched"), dmBody("3", customerID, "of the Account Activity API"),
			postBody("1990", customerID, "@acme help"), postBody("1990", customerID, "@acme help"), []byte(`{"data":{"event_type":"dm.received"}}`), []byte(`{}`),
		)
		r.until("what came", time.Minute, func() bool { return len(r.motion.bodies()) == 4 })
		r.reply(bridge.Reply{MotionID: "1", Body: "hi", Handle: "annlee", InteractionID: "dm-annlee"})
		r.reply(bridge.Reply{MotionID: "1", Body: "hi", Handle: "annlee", InteractionID: "dm-annlee"})
		r.reply(bridge.Reply{MotionID: "2", Body: "so sorry", InteractionID: "post-1990", ThreadID: "1990"})
		time.Sleep(time.Minute)
		want := map[bridge.BilledKind]int{bridge.BilledDM: 1, bridge.BilledPost: 1, bridge.BilledDMSent: 1, bridge.BilledReply: 1}
		if got := r.billed(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("counted %v, want %v", got, want)
		}
	})
}

// A message whose answer was lost is counted when it was found, or when a person says that it went out; a refused one never.
func TestOnlyWhatXHasTakenIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.costs = fakeCosts{}
			r.x.lose = func(n int) bool { return n <= 2 }
			r.x.onDM = func(_ int, text string) error {
				if text == "refused" {
					return rejected("the customer does not take messages")
				}
				return nil
			}
		})
		r.reply(bridge.Reply{MotionID: "1", Body: "found", Handle: "annlee"})
		r.until("the first is found", 5*time.Minute, func() bool { return r.billed()[bridge.BilledDMSent] == 1 })
		r.x.mu.Lock()
		r.x.hideSent = true
		r.x.mu.Unlock()
		r.reply(bridge.Reply{MotionID: "2", Body: "not found", Handle: "annlee"})
		time.Sleep(5 * time.Minute)
		r.reply(bridge.Reply{MotionID: "3", Body: "refused", Handle: "annlee"})
		time.Sleep(time.Minute)
		if n := r.billed()[bridge.BilledDMSent]; n != 1 {
			t.Fatalf("%d were counted, want 1", n)
		}
		list, err := r.List(context.Background(), bridge.Filter{State: bridge.Undecided})
		if err != nil || len(list) != 1 {
			t.Fatalf("undecided are %v, %v", list, err)
		}
		if err := r.MarkSent(context.Background(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		if n := r.billed()[bridge.BilledDMSent]; n != 2 {
			t.Errorf("%d were counted, want 2", n)
		}
	})
}

func TestAgentsAreToldOfADearLinkOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.costs = fakeCosts{} })
		r.receive(postBody("1990", customerID, "@acme help"))
		notes := func() (n int) {
			for _, body := range r.motion.bodies() {
				if strings.Contains(body, "it is dear") && strings.HasPrefix(body, "AUTO-RESPONSE: ") {
					n++
				}
			}
			return n
		}
		r.until("the post", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		for i, text := range []string{"see acme.com/1", "see acme.com/2", "no link"} {
			if o := r.reply(bridge.Reply{MotionID: fmt.Sprint(i), Body: text, InteractionID: "post-1990", ThreadID: "1990"}); o.Status != bridge.StatusSent {
				t.Fatalf("%q: %+v", text, o)
			}
		}
		time.Sleep(time.Minute)
		if n := notes(); n != 1 {
			t.Errorf("%d lines on the first day, want 1: %q", n, r.motion.bodies())
		}
		time.Sleep(24 * time.Hour)
		r.reply(bridge.Reply{MotionID: "4", Body: "see acme.com/3", InteractionID: "post-1990", ThreadID: "1990"})
		time.Sleep(time.Minute)
		if n := notes(); n != 2 {
			t.Errorf("%d lines on two days, want 2", n)
		}
		if got := r.billed(); got[bridge.BilledLinkReply] != 3 || got[bridge.BilledReply] != 1 {
			t.Errorf("counted %v", got)
		}
	})
}

// A name that was looked up is not asked for again while look-ups are saved; one that nobody knows is, because the message
// needs it.
func TestSavedLookUpsAreThoseThatNoMessageNeeds(t *testing.T) {
	for _, isSaving := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			looked := 0
			r := newRig(t, func(r *rig) { r.costs = fakeCosts{isSaving}; r.x.onUser = func() { looked++ } })
			nameless := func(id string) []byte {
				return fmt.Appendf(nil, `{"data":{"event_type":"post.reply.create","filter":{"user_id":%q},"payload":{"id":%q,"text":"hello","author_id":%q},"includes":{}}}`, brandID, id, customerID)
			}
			r.receive(nameless("1"))
			r.until("the first", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
			time.Sleep(25 * time.Hour)
			r.receive(nameless("2"))
			r.until("the second", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
			if want := map[bool]int{true: 1, false: 2}[isSaving]; looked != want {
				t.Errorf("saving is %v: %d look-ups, want %d", isSaving, looked, want)
			}
		})
	}
}
