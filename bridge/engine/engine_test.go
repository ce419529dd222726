package engine_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

func TestMessagesReachMotionInOrderAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		for i := range 20 {
			r.receive(dmBody(fmt.Sprint(1000+i), customerID, fmt.Sprint("message ", i)))
		}
		r.receive(dmBody("1003", customerID, "message 3")) // X repeats itself
		r.until("20 messages", time.Minute, func() bool { return len(r.motion.bodies()) >= 20 })
		time.Sleep(time.Minute)
		for i, body := range r.motion.bodies() {
			if body != fmt.Sprint("message ", i) {
				t.Fatalf("message %d is %q", i, body)
			}
		}
		if n := len(r.motion.bodies()); n != 20 {
			t.Errorf("%d messages reached Motion, want 20", n)
		}
	})
}

func TestOneSlowCustomerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.motion.onNotify = func(_ int, n bridge.Notification) error {
				if n.Body == "poison" {
					return temporary(bridge.SidePerch) // Perch's own trouble with this message, not Motion's
				}
				return nil
			}
		})
		r.receive(dmBody("1", "111", "poison"), dmBody("2", "222", "fine"), dmBody("3", "111", "behind"))
		r.until("the other customer's message", 10*time.Second, func() bool { return slices.Contains(r.motion.bodies(), "fine") })
		if slices.Contains(r.motion.bodies(), "behind") {
			t.Error("the message behind the failing one overtook it")
		}
	})
}

func TestSecondAttemptAtMotionComesAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		r := newRig(t, func(r *rig) {
			r.motion.onNotify = func(n int, _ bridge.Notification) error {
				at = append(at, time.Now())
				if n < 3 {
					return temporary(bridge.SideMotion)
				}
				return nil
			}
		})
		r.receive(dmBody("1", customerID, "hello"))
		r.until("delivery", 2*time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		time.Sleep(time.Second)
		if wait := at[1].Sub(at[0]).Round(time.Second); wait != 5*time.Second {
			t.Errorf("second attempt came after %v, want 5 s", wait)
		}
		if wait := at[2].Sub(at[1]); wait < 30*time.Second || wait > 37*time.Second {
			t.Errorf("third attempt came after %v, want 30 s and some jitter", wait)
		}
		if d := r.message(bridge.In); d.Attempts != 3 {
			t.Errorf("counted %d attempts, want 3", d.Attempts)
		}
	})
}

func TestReplyIsSentOnceHoweverOftenMotionPosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		first := r.reply(bridge.Reply{MotionID: "9001", Body: "Hi, how can we help?", Handle: "annlee"})
		again := r.reply(bridge.Reply{MotionID: "9001", Body: "Hi, how can we help?", Handle: "annlee"})
		if first.Status != bridge.StatusSent || again.Status != bridge.StatusSent || again.XID != first.XID {
			t.Errorf("outcomes %+v and %+v; want sent, twice the same", first, again)
		}
		if n := len(r.x.sentTexts()); n != 1 {
			t.Errorf("X got %d messages, want 1", n)
		}
	})
}

func TestReplyNeverChangesBetweenPrivateAndPublic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive(dmBody("1", customerID, "in private"), postBody("1990", customerID, "@acme in public"))
		r.until("both", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		public := r.reply(bridge.Reply{MotionID: "1", Body: "secret", Handle: "annlee", InteractionID: "dm-annlee", ThreadID: "1990"})
		if public.Status != bridge.StatusRefused {
			t.Errorf("a public reply in a private interaction: %+v, want refused", public)
		}
		private := r.reply(bridge.Reply{MotionID: "2", Body: "hello", Handle: "annlee", InteractionID: "post-1990"})
		if private.Status != bridge.StatusRefused {
			t.Errorf("a private reply in a public interaction: %+v, want refused", private)
		}
		if n := len(r.x.sentTexts()); n != 0 {
			t.Errorf("X got %d messages, want none", n)
		}
		if o := r.reply(bridge.Reply{MotionID: "3", Body: "hello", InteractionID: "dm-annlee"}); o.Status != bridge.StatusSent {
			t.Errorf("a private reply by the memory alone: %+v, want sent", o)
		}
		if o := r.reply(bridge.Reply{MotionID: "4", Body: "hello", InteractionID: "post-1990", ThreadID: "1990"}); o.Status != bridge.StatusSent {
			t.Errorf("a public reply: %+v, want sent", o)
		}
	})
}

func TestRenamedCustomerStillGetsTheReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive(dmBody("1", customerID, "hello"))
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		delete(r.x.people, "annlee")
		o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee", InteractionID: "dm-annlee"})
		if o.Status != bridge.StatusSent || r.x.dms[0].PeerID != customerID {
			t.Errorf("outcome %+v to %v; want sent to the customer's id", o, r.x.dms)
		}
	})
}

// Looking a handle up costs money and has a limit: one look-up serves all replies that wait for it.
func TestHandleIsLookedUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		if err := r.Pause(context.Background(), time.Time{}); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			r.reply(bridge.Reply{MotionID: fmt.Sprint(i), Body: fmt.Sprint("reply ", i), Handle: "annlee"})
		}
		if err := r.Resume(context.Background()); err != nil {
			t.Fatal(err)
		}
		r.until("all replies", time.Minute, func() bool { return len(r.x.sentTexts()) == 10 })
		if n := r.x.called("by_handle"); n != 1 {
			t.Errorf("X was asked %d times who @annlee is, want once", n)
		}
	})
}

func TestLostAnswerIsLookedUpAndNeverRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.x.lose = func(int) bool { return true } })
		o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"})
		if o.Status != bridge.StatusSent {
			t.Errorf("outcome %+v; want sent, found by the look", o)
		}
		if n := r.x.called("dm"); n != 1 {
			t.Errorf("X was called %d times, want once", n)
		}
	})
}

func TestUnfoundDirectMessageWaitsForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.x.lose = func(int) bool { return true }; r.x.hideSent = true })
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}); o.Status != bridge.StatusUndecided {
			t.Errorf("outcome %+v; want undecided", o)
		}
		time.Sleep(24 * time.Hour)
		d := r.message(bridge.Out)
		if d.State != bridge.Undecided || d.Failure == nil || d.Failure.Remedy == "" || r.x.called("dm") != 1 {
			t.Errorf("message is %s with %+v after %d calls; want undecided, explained, one call", d.State, d.Failure, r.x.called("dm"))
		}
		if n := r.x.called("look"); n < 4 {
			t.Errorf("looked %d times, want several", n)
		}
		if notes := r.motion.bodies(); len(notes) != 1 || !strings.HasPrefix(notes[0], "AUTO-RESPONSE: ") {
			t.Errorf("the agent got %q, want one note", notes)
		}
		if err := r.MarkSent(context.Background(), d.ID); err != nil || r.message(bridge.Out).State != bridge.Delivered {
			t.Errorf("MarkSent: %v, %s", err, r.message(bridge.Out).State)
		}
	})
}

// Perch died between the mark and X's answer, and never wrote down whose id the handle has.
func TestCrashBeforeTheRecipientWasWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "perch.db")
		r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}}
		now := time.Now()
		r.seed(path, &bridge.Delivery{
			Channel: "support", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, Lane: "support/out/dm",
			Conversation: "support/out/dm/@annlee", MotionID: "1", To: "annlee", Text: "hello", Reply: &bridge.Reply{Body: "hello", Handle: "annlee"},
			ReceivedAt: now, DueAt: now,
		}, bridge.Progress{CallingSince: now})
		r.x.take(&r.x.dms, bridge.Sent{PeerID: customerID, Text: "hello"})
		r.start(path)
		time.Sleep(time.Minute)
		if d := r.message(bridge.Out); d.State != bridge.Delivered || r.x.called("dm") != 0 {
			t.Errorf("message is %s after %d calls; want found by the look", d.State, r.x.called("dm"))
		}
	})
}

func TestUnfoundPostIsSentOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.hideSent = true
			r.x.lose = func(n int) bool { return n == 1 }
			r.x.onPost = func(n int, _ string) error {
				if n == 2 {
					return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Message: "duplicate", Code: bridge.CodeDuplicate}
				}
				return nil
			}
		})
		r.reply(bridge.Reply{MotionID: "1", Body: "hello", ThreadID: "1990"})
		time.Sleep(5 * time.Minute)
		if d := r.message(bridge.Out); d.State != bridge.Delivered || r.x.called("post") != 2 {
			t.Errorf("message is %s after %d calls; want delivered after the refusal of the second", d.State, r.x.called("post"))
		}
	})
}

func TestServerErrorIsLookedIntoBeforeTheNextAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.onDM = func(n int, text string) error {
				if n > 1 {
					return nil
				}
				r.x.take(&r.x.dms, bridge.Sent{PeerID: customerID, Text: text}) // taken all the same
				return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "502", Doubtful: true}
			}
		})
		r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"})
		time.Sleep(time.Minute)
		if d := r.message(bridge.Out); d.State != bridge.Delivered || len(r.x.sentTexts()) != 1 {
			t.Errorf("message is %s, X has %d; want delivered once", d.State, len(r.x.sentTexts()))
		}
	})
}

func TestRefusalWithinTheWaitIsToldAndDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.x.onDM = func(int, string) error { return rejected("the customer takes no messages") } })
		o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"})
		if o.Status != bridge.StatusRefused || !strings.Contains(o.Message, "takes no messages") {
			t.Errorf("outcome %+v; want the refusal in words", o)
		}
		if d := r.message(bridge.Out); d.State != bridge.Dead || len(r.motion.bodies()) != 0 {
			t.Errorf("message is %s, the agent got %q; want dead without a note", d.State, r.motion.bodies())
		}
	})
}

func TestLateRefusalBecomesANoteToTheAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.onDM = func(n int, _ string) error {
				if n == 1 {
					return temporary(bridge.SideX)
				}
				time.Sleep(time.Second)
				return rejected("the customer takes no messages")
			}
		})
		r.receive(dmBody("1", customerID, "hello"))
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		r.x.onDM = func(n int, _ string) error {
			if n < 3 {
				return temporary(bridge.SideX)
			}
			return rejected("the customer takes no messages")
		}
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}); o.Status != bridge.StatusQueued {
			t.Errorf("outcome %+v; want queued", o)
		}
		time.Sleep(5 * time.Minute)
		bodies := r.motion.bodies()
		if len(bodies) != 2 || !strings.Contains(bodies[1], "takes no messages") || r.message(bridge.Out).State != bridge.Dead {
			t.Errorf("the agent got %q, message is %s; want a note and dead", bodies, r.message(bridge.Out).State)
		}
	})
}

func TestOperatorErrorKeepsTheQueueAndResumesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broke := &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "credits are used up", Remedy: "buy some"}
		var out atomic.Bool
		refuse := func() error {
			if out.Load() {
				return broke
			}
			return nil
		}
		r := newRig(t, func(r *rig) {
			r.x.onMe = refuse
			r.x.onDM = func(int, string) error { return refuse() }
		})
		r.until("greeting", time.Minute, func() bool { return r.x.called("me") > 0 })
		out.Store(true)
		for i := range 5 {
			if o := r.reply(bridge.Reply{MotionID: fmt.Sprint(i), Body: fmt.Sprint("reply ", i), Handle: "annlee"}); o.Status != bridge.StatusQueued {
				t.Fatalf("outcome %+v; want queued", o)
			}
		}
		if n := r.x.called("dm"); n != 1 {
			t.Errorf("X was asked to send %d times while out of credits, want once", n)
		}
		status, err := r.Status(context.Background())
		if err != nil || status.Channels[0].X.State != bridge.LinkPaused || !strings.Contains(status.Channels[0].X.Detail, "credits") {
			t.Errorf("status %+v, %v; want paused with the cause", status.Channels[0].X, err)
		}
		out.Store(false)
		time.Sleep(10 * time.Minute)
		if texts := r.x.sentTexts(); len(texts) != 5 || !slices.IsSorted(texts) {
			t.Errorf("X got %q; want all five in order", texts)
		}
		if d := r.message(bridge.Out); d.Attempts != 1 {
			t.Errorf("counted %d attempts; a deferral is none", d.Attempts)
		}
	})
}

func TestRateLimitIsObeyedToItsReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reset := time.Now().Add(10 * time.Minute)
		var sentAt time.Time
		r.x.onDM = func(n int, _ string) error {
			if n == 1 {
				return &bridge.Error{Kind: bridge.RateLimited, Side: bridge.SideX, Message: "limit", Endpoint: bridge.EndpointDM, RetryAt: reset}
			}
			sentAt = time.Now()
			return nil
		}
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}); o.Status != bridge.StatusQueued {
			t.Errorf("outcome %+v; want queued", o)
		}
		if d := r.message(bridge.Out); d.DueAt.Before(reset) {
			t.Errorf("due at %v, want after %v", d.DueAt, reset)
		}
		time.Sleep(11 * time.Minute)
		if late := sentAt.Sub(reset); late < time.Second || late > 5*time.Second {
			t.Errorf("sent %v after the reset, want 1 to 4 s", late)
		}
	})
}

func TestPauseKeepsEverythingAndResumeDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		if err := r.Pause(context.Background(), time.Time{}); err != nil {
			t.Fatal(err)
		}
		r.receive(dmBody("1", customerID, "hello"))
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}); o.Status != bridge.StatusQueued {
			t.Errorf("outcome %+v; want queued", o)
		}
		time.Sleep(time.Hour)
		if len(r.motion.bodies()) != 0 || len(r.x.sentTexts()) != 0 {
			t.Error("something was delivered during the pause")
		}
		if err := r.Resume(context.Background()); err != nil {
			t.Fatal(err)
		}
		r.until("both", time.Minute, func() bool { return len(r.motion.bodies()) == 1 && len(r.x.sentTexts()) == 1 })
	})
}

func TestMissingFileDoesNotHoldTheTextUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := 0
		r := newRig(t, func(r *rig) {
			r.x.files = func(bridge.Media) (bridge.File, error) {
				if fails++; fails < 3 {
					return bridge.File{}, &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "X is out of order"}
				}
				return bridge.File{Name: "photo.png", Type: "image/png", Data: []byte("png")}, nil
			}
		})
		body := strings.Replace(string(dmBody("1", customerID, "see https://t.co/z")), `"entities"`,
			`"attachment":{"type":"media","media":{"id_str":"7","type":"photo","media_url_https":"https://ton.x.com/7.png","url":"https://t.co/z"}},"entities"`, 1)
		r.receive([]byte(body))
		r.until("the text", 5*time.Second, func() bool { return len(r.motion.bodies()) == 1 })
		if text := r.motion.bodies()[0]; !strings.HasPrefix(text, "see") || !strings.Contains(text, "out of order") {
			t.Errorf("text is %q; want the customer's words and what is missing", text)
		}
		time.Sleep(5 * time.Minute)
		if bodies := r.motion.bodies(); len(bodies) != 2 || bodies[1] != "photo.png" {
			t.Errorf("Motion got %q; want the file on its own", bodies)
		}
	})
}

func TestUnreadableIsKeptAndShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive([]byte(`{"for_user_id":"`+brandID+`","direct_message_events":[{"id":17}]}`), []byte(`{}`), []byte(`not JSON`))
		r.until("unpacking", time.Minute, func() bool {
			list, _ := r.List(context.Background(), bridge.Filter{State: bridge.Dead})
			return len(list) == 2
		})
		if d := r.message(bridge.In); d.Kind != bridge.KindUnreadable || d.Failure == nil {
			t.Errorf("message %+v; want unreadable with a reason", d)
		}
	})
}

// Until X has told which channel has which account, an event waits and is not dropped.
func TestEventWaitsUntilTheAccountsAreKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		down := func() error {
			if up.Load() {
				return nil
			}
			return temporary(bridge.SideX)
		}
		r := newRig(t, func(r *rig) {
			r.second = newFakeX()
			r.x.onMe, r.second.onMe = down, down
		})
		if err := r.AcceptX(context.Background(), []string{"support", "sales"}, dmBody("1", customerID, "hello")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := len(r.motion.bodies()); n != 0 {
			t.Errorf("%d messages went somewhere", n)
		}
		up.Store(true)
		r.until("the message", 2*time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
	})
}

// A lost answer is settled by X's times: what X took is found, and what was sent long before from elsewhere is not it.
func TestAWrongClockSettlesLostAnswersAlike(t *testing.T) {
	for name, wrong := range map[string]time.Duration{"ahead": 3 * time.Hour, "behind": -3 * time.Hour, "right": 0} {
		for _, isTaken := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " taken ", isTaken), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t, func(r *rig) {
						r.clock = func() time.Time { return time.Now().Add(wrong) }
						r.x.ahead = func() time.Duration { return -wrong }
						r.x.take(&r.x.dms, bridge.Sent{PeerID: customerID, Text: "thanks!"}) // by hand, in the X app
						time.Sleep(time.Hour)
						r.x.onDM = func(int, string) error {
							if isTaken {
								return nil
							}
							return &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
						}
						r.x.lose = func(int) bool { return true }
					})
					r.reply(bridge.Reply{MotionID: "1", Body: "thanks!", Handle: "annlee"})
					time.Sleep(10 * time.Minute)
					d, want := r.message(bridge.Out), bridge.Undecided
					if isTaken {
						want = bridge.Delivered
					}
					if d.State != want || (isTaken && d.XID != "102") {
						t.Errorf("%s as %q, %+v", d.State, d.XID, d.Failure)
					}
				})
			})
		}
	}
}

func TestClockThatJumpsLosesNothing(t *testing.T) {
	for name, jump := range map[string]time.Duration{"back a day": -24 * time.Hour, "on a day": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var offset atomic.Int64
				r := newRig(t, func(r *rig) { r.clock = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) } })
				r.motion.onNotify = func(n int, _ bridge.Notification) error {
					if n == 1 {
						return temporary(bridge.SideMotion)
					}
					return nil
				}
				r.receive(dmBody("1", customerID, "before"))
				time.Sleep(time.Second)
				offset.Store(int64(jump))
				r.receive(dmBody("2", customerID, "after"))
				r.until("both", 2*time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
				if bodies := r.motion.bodies(); bodies[0] != "before" {
					t.Errorf("order %q", bodies)
				}
			})
		})
	}
}

// The same of a direct message: X answered with a server error, and does not let Perch look.
func TestARefusedLookSaysNothingOfADirectMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive(dmBody("900", customerID, "hello"))
		r.until("it", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		r.x.onDM = func(n int, _ string) error {
			if n == 1 {
				return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "503", Doubtful: true}
			}
			return nil
		}
		r.x.looks = func(int) error { return rejected("not for this app") }
		o := r.reply(bridge.Reply{MotionID: "1", Body: "once", InteractionID: "dm-annlee", Handle: "annlee"})
		time.Sleep(6 * time.Hour)
		if d := r.message(bridge.Out); d.State == bridge.Dead {
			t.Errorf("%+v: %s %+v, although X may have taken it", o, d.State, d.Failure)
		}
	})
}
