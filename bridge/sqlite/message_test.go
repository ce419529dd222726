package sqlite

import (
	"testing"

	"perch/bridge"
)

// A text is written once where the message's and the event's are the same, and both come back.
func TestTextsComeBackAsTheyWere(t *testing.T) {
	s := journal(t)
	for i, texts := range [][2]string{{"hello \"you\" \U0001F600", "hello \"you\" \U0001F600"}, {"", ""}, {"shown", "meant"}, {"shown", ""}, {"", "meant"}} {
		d := inbound("ann", string(rune('a'+i)))
		d.Text, d.Event.Text = texts[0], texts[1]
		put(t, s, d)
		got, err := s.Get(t.Context(), d.ID)
		if err != nil || got.Text != texts[0] || got.Event == nil || got.Event.Text != texts[1] {
			t.Errorf("%q came back as %q and %+v, %v", texts, got.Text, got.Event, err)
		}
		if d.Event.Text != texts[1] {
			t.Errorf("%q: the caller's own is %q now", texts, d.Event.Text)
		}
	}
	d := inbound("ann", "changed")
	d.Event.Text = d.Text
	put(t, s, d)
	for range 7 {
		for _, c := range claim(t, s, "c/in") {
			if c.XID != "changed" {
				finishAs(t, s, c, bridge.Delivered, c.DueAt)
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
