package engine_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

// A post that cannot be stored as it was understood, or that cannot even be read without a mistake of Perch's own, is set
// aside as unreadable; its neighbours are delivered, in their order and whatever the batch.
func TestOnePostNeverHoldsUpAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.read = func(body []byte) bridge.Parsed {
				parsed := payload.Read(body)
				switch {
				case bytes.Contains(body, []byte("poison")):
					parsed.Events[0].CreatedAt = time.Date(58876, 1, 1, 0, 0, 0, 0, time.UTC) // JSON has no such year
				case bytes.Contains(body, []byte("trap")):
					panic("a mistake")
				}
				return parsed
			}
		})
		var want []string
		for i, text := range []string{"one", "poison", "two", "trap", "poison again", "three"} {
			r.receive(dmBody(string(rune('1'+i)), customerID, text))
			if !strings.Contains(text, "poison") && text != "trap" {
				want = append(want, text)
			}
		}
		r.until("the good messages", time.Minute, func() bool { return strings.Join(r.motion.bodies(), " ") == strings.Join(want, " ") })
		dead, err := r.List(t.Context(), bridge.Filter{State: bridge.Dead})
		if err != nil || len(dead) != 3 {
			t.Fatalf("%d are shown as unreadable, want 3: %v", len(dead), err)
		}
		for _, d := range dead {
			if d.Kind != bridge.KindUnreadable || d.Failure == nil || d.Failure.Message == "" || d.Post == 0 {
				t.Errorf("%+v", d)
			}
		}
		if status, err := r.Status(t.Context()); err != nil || status.Channels[0].In.Dead != 3 {
			t.Errorf("%+v, %v", status, err)
		}
	})
}

// What X told without a time counts as sent when it was told of, so that a lost answer is found by it.
func TestAnEchoWithoutATimeSettlesALostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.lose = func(int) bool { return true }
			r.x.hideSent = true
		})
		r.reply(bridge.Reply{MotionID: "1", Body: "did it go?", Handle: "annlee"})
		r.receive([]byte(`{"for_user_id":"` + brandID + `","direct_message_events":[{"type":"message_create","id":"901","created_timestamp":"soon","message_create":
			{"target":{"recipient_id":"` + customerID + `"},"sender_id":"` + brandID + `","message_data":{"text":"did it go?"}}}]}`))
		r.until("the outcome", time.Minute, func() bool {
			d := r.message(bridge.Out)
			return d != nil && d.State == bridge.Delivered && d.XID == "901"
		})
	})
}
