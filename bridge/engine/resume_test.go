package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// Whoever says that something is mended while an attempt is under way gets another one when that fails, whatever it met.
func TestResumeIsNotForgottenDuringAnAttempt(t *testing.T) {
	const takes = 10 * time.Second
	for _, kind := range []bridge.Kind{bridge.Operator, bridge.Temporary} {
		for _, side := range []bridge.Side{bridge.SideX, bridge.SideMotion} {
			synctest.Test(t, func(t *testing.T) {
				var isMended atomic.Bool
				fail := func() error {
					if isMended.Load() {
						return nil
					}
					time.Sleep(takes)
					return &bridge.Error{Kind: kind, Side: side, Message: "out of order", RetryAt: time.Now().Add(time.Hour)}
				}
				r := newRig(t)
				r.x.onDM = func(int, string) error { return fail() }
				r.motion.onNotify = func(int, bridge.Notification) error { return fail() }
				isThere := func() bool { return len(r.x.sentTexts()) == 1 }
				if side == bridge.SideMotion {
					isThere = func() bool { return len(r.motion.bodies()) == 1 }
					r.receive(dmBody("1", customerID, "hello"))
				} else {
					go func() {
						_, _ = r.AcceptReply(context.Background(), "support", bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}, []byte("{}"))
					}()
				}
				time.Sleep(takes / 2)
				isMended.Store(true)
				if err := r.Resume(context.Background()); err != nil {
					t.Fatal(err)
				}
				r.until("another attempt", takes/2+2*time.Second, isThere)
			})
		}
	}
}
