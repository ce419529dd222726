package bridge

import (
	"testing"
	"time"
)

// Whoever says that something is mended while a try is on its way gets another one, whatever that one came to.
func TestHurryIsNotForgottenDuringATry(t *testing.T) {
	g, lane, now := newGates(), LaneOf("support", Out, KindDM), time.Now()
	broken := &Error{Kind: Operator, Side: SideX, Message: "bad keys"}
	g.failed(lane, g.turn(lane), broken, now)
	later := now.Add(time.Hour)
	if _, probe := g.admits(lane, 1, later); !probe {
		t.Fatal("the side is not probed")
	}
	before := g.turn(lane)
	g.hurry(later, lane)
	g.probed(lane, before, broken, later)
	if _, probe := g.admits(lane, 1, later); !probe {
		t.Error("the wish for another try was forgotten")
	}
	g.probed(lane, g.turn(lane), broken, later)
	if _, probe := g.admits(lane, 1, later); probe {
		t.Error("one wish made more than one try")
	}
}

// A try from before somebody said that something is mended shuts the lane for no longer than it takes to look.
func TestATryFromBeforeShutsNothing(t *testing.T) {
	lane, now := LaneOf("support", Out, KindDM), time.Now()
	for _, e := range []*Error{{Kind: Operator, Side: SideX}, {Kind: Temporary, Side: SideX}} {
		for _, wasShut := range []bool{false, true} {
			g := newGates()
			before := g.turn(lane)
			for range outageAfter {
				if wasShut {
					g.failed(lane, before, e, now)
				}
			}
			g.hurry(now, lane)
			for range outageAfter {
				g.failed(lane, before, e, now)
			}
			if !g.waitsFor(lane, now) {
				t.Errorf("%v, shut before: %v: the lane waits", e.Kind, wasShut)
			}
			for range outageAfter {
				g.failed(lane, g.turn(lane), e, now)
			}
			if g.waitsFor(lane, now) {
				t.Errorf("%v, shut before: %v: a later failure does not shut it", e.Kind, wasShut)
			}
		}
	}
}
