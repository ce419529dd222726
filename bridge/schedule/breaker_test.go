package schedule

import (
	"perch/bridge"
	"testing"
	"time"
)

// Whoever says that something is mended while a try is on its way gets another one, whatever that one came to.
func TestHurryIsNotForgottenDuringATry(t *testing.T) {
	g, lane, now := NewBreakers(), bridge.LaneOf("support", bridge.Out, bridge.KindDM), time.Now()
	broken := &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "bad keys"}
	g.Failed(lane, broken, now)
	later := now.Add(time.Hour)
	if _, probe := g.Admit(lane, 1, later); !probe {
		t.Fatal("the side is not probed")
	}
	g.Hurry(later, lane)
	g.Probed(lane, broken, later)
	if _, probe := g.Admit(lane, 1, later); !probe {
		t.Error("the wish for another try was forgotten")
	}
	g.Probed(lane, broken, later)
	if _, probe := g.Admit(lane, 1, later); probe {
		t.Error("one wish made more than one try")
	}
}
