package journaltest

import (
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// Whether the message's text and the event's are the same or not, both come back.
func textsComeBackAsTheyWere(t *testing.T, place Place) {
	s := journal(t, place)
	for i, texts := range [][2]string{{"hello \"you\" \U0001F600", "hello \"you\" \U0001F600"}, {"", ""}, {"shown", "meant"}, {"shown", ""}, {"", "meant"}} {
		d := Inbound("ann", string(rune('a'+i)))
		d.Text, d.Event.Text = texts[0], texts[1]
		Put(t, s, d)
		got, err := s.Get(t.Context(), d.ID)
		if err != nil || got.Text != texts[0] || got.Event == nil || got.Event.Text != texts[1] {
			t.Errorf("%q came back as %q and %+v, %v", texts, got.Text, got.Event, err)
		}
		if d.Event.Text != texts[1] {
			t.Errorf("%q: the caller's own is %q now", texts, d.Event.Text)
		}
	}
	d := Inbound("ann", "changed")
	d.Event.Text = d.Text
	Put(t, s, d)
	for range 7 {
		for _, c := range Claim(t, s, LaneIn) {
			if c.XID != "changed" {
				FinishAs(t, s, c, bridge.Delivered, c.DueAt)
				continue
			}
			c.Text, c.Event.Text = "opened", "opened"
			if err := s.Finish(t.Context(), bridge.Result{Delivery: c, Opened: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := s.Get(t.Context(), d.ID); err != nil || got.Text != "opened" || got.Event.Text != "opened" {
		t.Errorf("after it was opened: %q, %+v, %v", got.Text, got.Event, err)
	}
}

// A message of which some letters are none must not hold up those that come with it. The letters themselves may be lost.
func oddLettersHoldNothingUp(t *testing.T, place Place) {
	s := journal(t, place)
	odd, reply := Inbound("ann", "1"), Outbound("m1")
	odd.Text, odd.Event.Text, odd.From = "one\x00two\xffthree", "one\x00two\xffthree", "a\x00nn"
	reply.Text, reply.Reply.Body, reply.Remarks = "four\x00five", "four\x00five", []string{"said\x00so"}
	Put(t, s, odd, Inbound("bob", "2"))
	if _, _, err := s.Add(t.Context(), reply, []byte("{\"body\":\"four\x00five\"}")); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context(), bridge.Filter{})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d messages, %v; want all", len(list), err)
	}
	for _, word := range []string{"one", "two", "three"} {
		if got := list[2]; !strings.Contains(got.Text, word) || got.Event == nil || !strings.Contains(got.Event.Text, word) {
			t.Errorf("%q is missing: %+v, %+v", word, got, got.Event)
		}
	}
	d := Claim(t, s, LaneDM)[0]
	d.State, d.XID, d.To, d.Failure = bridge.Dead, "9", "b\x00ob\xff", &bridge.Failure{Kind: bridge.Rejected, Message: "no\x00\xff", Remedy: "\x00"}
	result := bridge.Result{Delivery: d, Attempt: bridge.Attempt{Number: 1, At: time.Now(), Outcome: bridge.Dead, Code: "\x00", Message: "no\xff\x00"}}
	result.Learned = bridge.Learned{Person: bridge.Person{ID: "7", Handle: "b\x00ob", Name: "B\xff\x00ob"}, InteractionID: "9"}
	if err := s.Finish(t.Context(), result); err != nil {
		t.Error(err)
	}
}
