package bridge

import (
	"testing"
	"time"
)

// Whoever says that something is mended while a try is on its way gets another one, whatever that one came to.
func TestHurryIsNotForgottenDuringATry(t *testing.T) {
	g, lane, now := NewBreakers(), LaneOf("support", Out, KindDM), time.Now()
	broken := &Error{Kind: Operator, Side: SideX, Message: "bad keys"}
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
