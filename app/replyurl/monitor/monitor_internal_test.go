package monitor

import (
	"context"
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
	*Monitor
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
	r.Monitor = New(Config{
		MayAsk:  func(string) bool { return r.mayAsk.Load() },
		Changed: func(string, control.Link) { r.news.Add(1) },
		Targets: func() []Target {
			return []Target{{
				Channel: "support", Login: r.login, CanAsk: r.login != nil, Address: ownReply, Base: "https://motion.example",
				Own: replyurl.Own{Channel: "support", Tokens: map[string]string{"support": "TOKEN"}},
				Ask: func(context.Context) (string, bool, error) {
					r.calls.Add(1)
					return r.address.Load().(string), r.told, r.err
				},
			}}
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = r.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	synctest.Wait()
	return r
}

func (r *replyRig) expect(t *testing.T, state, says string, calls int32) {
	t.Helper()
	synctest.Wait()
	if l := r.Link("support"); l.State != state || !strings.Contains(l.Detail, says) || r.calls.Load() != calls {
		t.Errorf("%+v after %d calls, want %s, %q after %d", l, r.calls.Load(), state, says, calls)
	}
}

func TestReplyURLIsLookedAtEveryTenMinutesAndHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, nil)
		r.expect(t, bridge.LinkOK, "", 1)
		r.address.Store("")
		time.Sleep(interval - time.Second)
		r.expect(t, bridge.LinkOK, "", 1)
		time.Sleep(2 * time.Second)
		r.expect(t, bridge.LinkDegraded, "agents cannot answer; write it into Motion", 2)
		since := *r.Link("support").Since
		time.Sleep(retryInterval)
		r.expect(t, bridge.LinkDegraded, "perch urls --write", 3)
		if s := r.Link("support").Since; !s.Equal(since) {
			t.Errorf("since moved from %v to %v", since, s)
		}
		r.address.Store(ownReply)
		time.Sleep(retryInterval)
		r.expect(t, bridge.LinkOK, "", 4)
		r.address.Store("http://127.0.0.1:3002/reply/OLD")
		r.Poke()
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
		r.Poke()
		r.expect(t, bridge.LinkUnknown, "", 0)
		r.mayAsk.Store(true)
		time.Sleep(maxWait)
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
		r.Poke()
		r.expect(t, bridge.LinkUnknown, "did not let", 1)
		r.Retry()
		r.expect(t, bridge.LinkUnknown, "did not let", 2)
		r.err, r.login = nil, "second"
		r.Poke()
		r.expect(t, bridge.LinkOK, "", 3)
	})
}

func TestReplyURLOfATroubledMotionStaysAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustWatch(t, nil)
		r.err = &bridge.Error{Kind: bridge.Temporary, Message: "down"}
		r.Poke()
		r.expect(t, bridge.LinkOK, "", 2)
		time.Sleep(retryInterval)
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
