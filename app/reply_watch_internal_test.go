package app

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/control"
	"perch/app/replyurl"
	"perch/bridge"
)

// replyRig is a watch of one channel on a Motion that is played.
type replyRig struct {
	*replyWatch
	address atomic.Value
	told    bool
	err     error
	mayAsk  atomic.Bool
	login   any
	calls   atomic.Int32
	news    atomic.Int32
}

const ownReply = "http://127.0.0.1:3002/reply/TOKEN"

// mustWatch starts a watch in the bubble of the test.
func mustWatch(t *testing.T, change func(*replyRig)) *replyRig {
	t.Helper()
	r := &replyRig{told: true, login: "first"}
	r.address.Store(ownReply)
	r.mayAsk.Store(true)
	if change != nil {
		change(r)
	}
	r.replyWatch = &replyWatch{
		poked: make(chan struct{}, 1), seen: map[string]*replySeen{}, mayAsk: func(string) bool { return r.mayAsk.Load() },
		changed: func(string, control.Link) { r.news.Add(1) },
		targets: func() []replyTarget {
			return []replyTarget{{
				channel: "support", login: r.login, canLook: r.login != nil, address: ownReply, base: "https://motion.example",
				own: replyurl.Own{Channel: "support", Tokens: map[string]string{"support": "TOKEN"}},
				look: func(context.Context) (string, bool, error) {
					r.calls.Add(1)
					return r.address.Load().(string), r.told, r.err
				},
			}}
		},
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = r.run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	synctest.Wait()
	return r
}

func (r *replyRig) expect(t *testing.T, state, says string, calls int32) {
	t.Helper()
	synctest.Wait()
	if l := r.link("support"); l.State != state || !strings.Contains(l.Detail, says) || r.calls.Load() != calls {
		t.Errorf("%+v after %d calls, want %s, %q after %d", l, r.calls.Load(), state, says, calls)
	}
}

func TestReplyURLIsLookedAtEveryTenMinutesAndHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, nil)
		r.expect(t, bridge.LinkOK, "", 1)
		r.address.Store("")
		time.Sleep(replyEvery - time.Second)
		r.expect(t, bridge.LinkOK, "", 1)
		time.Sleep(2 * time.Second)
		r.expect(t, bridge.LinkDegraded, "agents cannot answer; write it into Motion", 2)
		since := *r.link("support").Since
		time.Sleep(replyAgain)
		r.expect(t, bridge.LinkDegraded, "perch urls --write", 3)
		if s := r.link("support").Since; !s.Equal(since) {
			t.Errorf("since moved from %v to %v", since, s)
		}
		r.address.Store(ownReply)
		time.Sleep(replyAgain)
		r.expect(t, bridge.LinkOK, "", 4)
		r.address.Store("http://127.0.0.1:3002/reply/OLD")
		r.poke()
		r.expect(t, bridge.LinkDegraded, "old token", 5)
		if r.news.Load() != 4 {
			t.Errorf("%d changes were told, want 4", r.news.Load())
		}
	})
}

func TestReplyURLIsNotLookedAtWhileMotionRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, func(r *replyRig) { r.mayAsk.Store(false) })
		r.expect(t, bridge.LinkUnknown, "", 0)
		time.Sleep(5 * time.Hour)
		r.poke()
		r.expect(t, bridge.LinkUnknown, "", 0)
		r.mayAsk.Store(true)
		time.Sleep(replyMost)
		r.expect(t, bridge.LinkOK, "", 1)
		r.mayAsk.Store(false)
		time.Sleep(5 * time.Hour)
		r.expect(t, bridge.LinkUnknown, "", 1)
	})
}

func TestReplyURLIsAskedForOnceWhereMotionDoesNotLet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, func(r *replyRig) { r.err = &bridge.Error{Kind: bridge.Operator, Message: "no"} })
		r.expect(t, bridge.LinkUnknown, "did not let", 1)
		time.Sleep(5 * time.Hour)
		r.poke()
		r.expect(t, bridge.LinkUnknown, "did not let", 1)
		r.insist()
		r.expect(t, bridge.LinkUnknown, "did not let", 2)
		r.err, r.login = nil, "second"
		r.poke()
		r.expect(t, bridge.LinkOK, "", 3)
	})
}

func TestReplyURLOfATroubledMotionStaysAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, nil)
		r.err = &bridge.Error{Kind: bridge.Temporary, Message: "down"}
		r.poke()
		r.expect(t, bridge.LinkOK, "", 2)
		time.Sleep(replyAgain)
		r.expect(t, bridge.LinkOK, "", 3)
	})
}

func TestReplyURLThatNobodyTellsIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, func(r *replyRig) { r.told = false })
		r.expect(t, bridge.LinkUnknown, "does not tell", 1)
	})
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, func(r *replyRig) { r.login = nil })
		time.Sleep(5 * time.Hour)
		r.expect(t, bridge.LinkUnknown, "without a Motion user's password", 0)
	})
}

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
	b.until("the old path, which is taken now, to be right", func() bool { return b.link().Reply.State == "connected" && state() != control.StateDegraded })
	b.set("motion.password", "wrong")
	b.reload()
	b.until("nothing to be known while Motion refuses", func() bool { return b.link().Reply.State == "unknown" })
}
