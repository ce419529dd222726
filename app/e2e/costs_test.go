package e2e

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

func (b *box) costs(args ...string) control.Costs {
	b.t.Helper()
	var costs control.Costs
	if err := json.Unmarshal([]byte(b.must(append([]string{"costs", "--json"}, args...)...)), &costs); err != nil {
		b.t.Fatal(err)
	}
	return costs
}

func (b *box) countOf(kind string) int {
	b.t.Helper()
	for _, l := range b.costs().Lines {
		if l.Kind == kind {
			return l.Count
		}
	}
	return 0
}

// Costs are counted with the messages, over a kill and while nothing runs; a budget warns, and a link is told of.
func TestCosts(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) {
		b.extra = "costs = { monthly_budget = 0.01, flag_links = true, prices = { reply_link_sent = \"0.3\" } }"
	}).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.awaitMotion(1)
	b.x.Post(annID, sim.Post{Text: "@acme_support is anybody there?"})
	got := b.awaitMotion(2)
	b.reply(got[0].Interaction, motionsim.Reply{Text: "good morning, see acme.com"})
	b.reply(got[1].Interaction, motionsim.Reply{Text: "all is at acme.com/help"})
	b.until("the line about the link", func() bool {
		return strings.Contains(strings.Join(b.bodies(), "\n"), "charges about 0.30 USD instead of 0.01")
	})
	b.must("reload")
	b.until("the budget is told of", func() bool { _, isThere := b.status().Of(control.SideCosts, ""); return isThere })
	for kind, want := range map[string]int{"dm_received": 1, "post_received": 1, "dm_sent": 1, "reply_link_sent": 1, "reply_sent": 0} {
		if n := b.countOf(kind); n != want {
			t.Errorf("%s: %d, want %d", kind, n, want)
		}
	}
	if s := b.status(); s.State != "degraded" || s.Conditions[0].Level != control.Healing {
		t.Errorf("%s, %+v", s.State, s.Conditions)
	}
	b.kill(syscall.SIGKILL)
	if n := b.countOf("reply_link_sent"); n != 1 {
		t.Errorf("after a kill: %d", n)
	}
	month := time.Now().UTC().Format("2006-01")
	if c := b.costs("--by", "channel", "--month", month); len(c.Lines) != 1 || c.Lines[0].Channel != "support" || c.Used < 3000 {
		t.Errorf("%+v", c)
	}
	for _, wrong := range [][]string{{"--by", "colour"}, {"--month", "soon"}, {"--month", "2026-13"}} {
		if _, stderr, code := b.perch(append([]string{"costs"}, wrong...)...); code != 2 || !strings.Contains(stderr, "write ") {
			t.Errorf("%v: exit %d, %q", wrong, code, stderr)
		}
	}
}
