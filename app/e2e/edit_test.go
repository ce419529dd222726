package e2e

import (
	"fmt"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// A reply that was refused for its length is shortened by the admin and goes out; the agent is told.
func TestARefusedReplyIsEdited(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	thread := b.awaitMotion(1)[0].Interaction
	long := strings.Repeat("x", 10_001)
	if answer := b.reply(thread, motionsim.Reply{Text: long}); answer.Status/100 != 4 {
		t.Errorf("a long reply is answered %d", answer.Status)
	}
	dead := b.traffic("--state", "dead")
	if len(dead) != 1 {
		t.Fatalf("%d dead messages", len(dead))
	}
	id := fmt.Sprint(dead[0].ID)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"edit", id, "--text", "short"}, 2, "--yes"},
		{[]string{"edit", id, "--text", "  ", "--yes"}, 1, "empty"},
		{[]string{"edit", id, "--text", long, "--yes"}, 1, "at most 10000"},
		{[]string{"edit", "999", "--text", "short", "--yes"}, 1, "999"},
		{[]string{"edit", "x", "--text", "short", "--yes"}, 2, "number of a message"},
	} {
		if _, stderr, code := b.perch(c.args...); code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("edit %.20q: exit %d, %q", c.args[1:], code, stderr)
		}
	}
	if len(b.x.SentDMs()) != 0 {
		t.Fatal("something was sent")
	}
	b.must("edit", id, "--text", "shorter", "--yes")
	b.until("the reply", func() bool { return len(b.x.SentDMs()) == 1 })
	if text := b.x.SentDMs()[0].Text; text != "shorter" {
		t.Errorf("X got %q", text)
	}
	if told := b.awaitMotion(2)[1].Body; !strings.Contains(told, "shorter") || !strings.HasPrefix(told, "AUTO-RESPONSE: ") {
		t.Errorf("the agent is told %q", told)
	}
	if out := b.must("show", id); !strings.Contains(out, "changed and sent again by a person") {
		t.Errorf("show says\n%s", out)
	}
}
