package schedule

import (
	"testing"
	"time"

	"perch/bridge"
)

// Whoever says that something is mended while a try is on its way gets another one, whatever that one came to.
func TestHurryIsNotForgottenDuringATry(t *testing.T) {
	g, lane, now := NewBreakers(), bridge.LaneOf("support", bridge.Out, bridge.KindDM), time.Now()
	broken := &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "bad keys"}
	g.Failed(lane, g.Turn(lane), broken, now)
	later := now.Add(time.Hour)
	if _, probe := g.admit(lane, 1, later); !probe {
		t.Fatal("the side is not probed")
	}
	before := g.Turn(lane)
	g.Hurry(later, lane)
	g.probed(lane, before, broken, later)
	if _, probe := g.admit(lane, 1, later); !probe {
		t.Error("the wish for another try was forgotten")
	}
	g.probed(lane, g.Turn(lane), broken, later)
	if _, probe := g.admit(lane, 1, later); probe {
		t.Error("one wish made more than one try")
	}
}

// A try from before somebody said that something is mended blocks the lane for no longer than it takes to look.
func TestATryFromBeforeShutsNothing(t *testing.T) {
	lane, now := bridge.LaneOf("support", bridge.Out, bridge.KindDM), time.Now()
	for _, e := range []*bridge.Error{{Kind: bridge.Operator, Side: bridge.SideX}, {Kind: bridge.Temporary, Side: bridge.SideX}} {
		for _, wasShut := range []bool{false, true} {
			g := NewBreakers()
			before := g.Turn(lane)
			for range outageAfter {
				if wasShut {
					g.Failed(lane, before, e, now)
				}
			}
			g.Hurry(now, lane)
			for range outageAfter {
				g.Failed(lane, before, e, now)
			}
			if !g.isReady(lane, now) {
				t.Errorf("%v, tripped before: %v: the lane waits", e.Kind, wasShut)
			}
			for range outageAfter {
				g.Failed(lane, g.Turn(lane), e, now)
			}
			if g.isReady(lane, now) {
				t.Errorf("%v, tripped before: %v: a later failure does not trip it", e.Kind, wasShut)
			}
		}
	}
}
