package supervisor

import (
	"net"
	"strings"
	"testing"

	"perch/app/control"
)

// TestRelayTellsAWrongReplyURL changes Motion's account below a running relay.
func TestRelayTellsAWrongReplyURL(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	state := func() string {
		s, err := b.client.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.State
	}
	own := b.motion.ReplyURL()
	look := func(address, want, says string) {
		t.Helper()
		b.motion.SetReplyURL(address)
		if err := b.client.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.until(address+" to be "+want+" "+says, func() bool { r := b.link().Reply; return r.State == want && strings.Contains(r.Detail, says) })
	}
	look(own, "connected", "")
	look("", "degraded", "agents cannot answer")
	if s := state(); s != control.StateDegraded {
		t.Errorf("the relay is %s", s)
	}
	look(strings.Replace(own, "127.0.0.1", "localhost", 1), "connected", "")
	look(own[:strings.LastIndex(own, "/")]+"/OLD", "degraded", "old token")
	look("http://localhost:3002/sendMessage", "degraded", "old plugin")
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	look(strings.Replace(own, b.listen, gone.Addr().String(), 1), "degraded", "but Perch listens on "+b.listen)
	if token := own[strings.LastIndex(own, "/")+1:]; strings.Contains(b.log(), token) {
		t.Error("the log has the token")
	}
	if _, err := b.client.WriteReplyURL(t.Context(), "support", b.motion.ReplyURL()); err != nil {
		t.Fatal(err)
	}
	b.until("what was written to be right", func() bool { return b.link().Reply.State == "connected" })
	b.motion.SetReplyURL("http://localhost:3002/sendMessage")
	b.config.LegacyReplyPath = true
	b.save()
	b.reload()
	b.until("the old path, which is result now, to be right", func() bool { return b.link().Reply.State == "connected" && state() != control.StateDegraded })
	b.set("motion.password", "wrong")
	b.reload()
	b.until("nothing to be known while Motion refuses", func() bool { return b.link().Reply.State == "unknown" })
}
