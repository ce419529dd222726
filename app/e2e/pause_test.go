package e2e

import (
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
)

// A pause with a time: told, shown, kept over a restart, and over by itself.
func TestPauseForAWhile(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"pause", "--for", "soon"}, 2, "30m"},
		{[]string{"pause", "--for", ""}, 2, "30m"},
		{[]string{"pause", "--for", "-5m"}, 2, "30m"},
		{[]string{"pause", "--for", "99999999999999999d"}, 2, "30m"},
		{[]string{"pause", "--for", "31d"}, 1, "720h"},
		{[]string{"pause", "--for", "1ms"}, 1, "from 1s"},
	} {
		if _, stderr, code := b.perch(c.args...); code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d, %q", c.args, code, stderr)
		}
	}
	if s := b.status(); s.State != "running" {
		t.Fatalf("state %s after pauses that make no sense", s.State)
	}
	if out := b.must("pause", "--for", "1d"); !strings.Contains(out, "until ") || !strings.Contains(out, "perch resume") {
		t.Errorf("pause says %q", out)
	}
	b.must("restart")
	if s := b.status(); s.State != "paused" || s.PausedUntil == nil || time.Until(*s.PausedUntil).Round(time.Hour) != 24*time.Hour {
		t.Errorf("after a restart: %s until %v", s.State, s.PausedUntil)
	}
	if out, _, _ := b.perch("status"); !strings.Contains(out, "until ") {
		t.Errorf("status does not say when the pause ends:\n%s", out)
	}
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.must("pause", "--for", "3s")
	time.Sleep(time.Second)
	if got := b.inMotion(); len(got) != 0 {
		t.Errorf("delivered during the pause: %v", got)
	}
	b.awaitMotion(1)
	if s := b.status(); s.State == "paused" || s.PausedUntil != nil {
		t.Errorf("after its end: %s until %v", s.State, s.PausedUntil)
	}
	b.must("stop")
}
