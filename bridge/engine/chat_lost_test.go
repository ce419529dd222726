package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
)

func TestForgottenKeysLeaveNoAnswerInClear(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chatKeys = keys.Private{}
		r.Accounts().Replace(t.Context(), r.channel())
		if err := r.ForgetChat(t.Context(), "support"); err != nil {
			t.Fatal(err)
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "are you there?"}), ""))
		r.untilBodies(2)
		if o := r.reply(answer("in clear")); o.Status != bridge.StatusRefused || o.Message == "" {
			t.Errorf("%+v", o)
		}
		if got := r.x.sentTexts(); len(got) != 0 {
			t.Errorf("sent in clear: %q", got)
		}
	})
}

func TestAnAnswerThatStaysLostIsNotPostedAllTheTime(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		for range 40 {
			r.chat.write(xchat.Draft{Text: "more"})
		}
		time.Sleep(30 * time.Minute)
		r.chat.set(func(c *fakeChat) {
			c.onSend = func(int) error {
				return &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
			}
		})
		r.reply(answer("once"))
		before := r.chat.paid()
		time.Sleep(4 * time.Hour)
		if n, paid := r.chat.called("send"), r.chat.paid()-before; n > 30 || paid > 600 {
			t.Errorf("posted %d times, %d events paid for within hours", n, paid)
		}
		r.chat.set(func(c *fakeChat) { c.onSend = nil })
		r.until("delivered", 3*time.Hour, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if got := r.chat.read(); !slices.Equal(got, []string{"once"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestImportedKeysMakeAWaitingAnswerGo(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		right := r.chatKeys
		r.chatKeys = keytest.Private(t)
		r.Accounts().Replace(t.Context(), r.channel())
		r.until("wrong keys", time.Minute, func() bool { return r.chatState() == bridge.ChatWrongKeys })
		r.reply(answer("later"))
		time.Sleep(time.Hour)
		r.chatKeys = right
		r.Accounts().Replace(t.Context(), r.channel())
		r.until("sent", 5*time.Second, func() bool { return len(r.chat.read()) == 1 })
	})
}

func TestAnAnswerThatWaitsForKeysEndsWhenTheyAreForgotten(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chatKeys = keytest.Private(t)
		r.Accounts().Replace(t.Context(), r.channel())
		r.until("wrong keys", time.Minute, func() bool { return r.chatState() == bridge.ChatWrongKeys })
		r.reply(answer("later"))
		time.Sleep(time.Hour)
		r.chatKeys = keys.Private{}
		r.Accounts().Replace(t.Context(), r.channel())
		if err := r.ForgetChat(t.Context(), "support"); err != nil {
			t.Fatal(err)
		}
		r.until("told", time.Hour, func() bool { return r.message(bridge.Out).State == bridge.Dead })
	})
}

func TestARefusedPostIsEncryptedAnewWhenAPersonTriesAgain(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			c.onSend = func(n int) error {
				if n == 1 {
					return rejected("not with this key")
				}
				return nil
			}
		})
		r.reply(answer("again"))
		r.until("refused", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Dead })
		r.chat.begin()
		newest := r.chat.thread.KeyVersion
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "new key"}), r.chat.changes[1]))
		time.Sleep(time.Minute)
		if err := r.Retry(t.Context(), r.message(bridge.Out).ID); err != nil {
			t.Fatal(err)
		}
		r.until("sent", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if p := r.message(bridge.Out).Progress.Posted; p == nil || p.KeyVersion != newest {
			t.Errorf("%+v, want one with key %s", p, newest)
		}
	})
}

func TestARefusedRepeatOfWhatXHasIsNoFailure(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			c.lose = func(n int) bool { return n == 1 }
			hidden := 0
			c.edit = func(p *bridge.ChatPage) { // X lists it late
				if hidden++; hidden <= 1 {
					p.Events = nil
				}
			}
			c.onSend = func(n int) error {
				if n > 1 {
					return rejected("there is such a message")
				}
				return nil
			}
		})
		r.reply(answer("once"))
		r.until("settled", 5*time.Minute, func() bool { return r.message(bridge.Out).State.IsFinal() })
		if d := r.message(bridge.Out); d.State != bridge.Delivered {
			t.Errorf("%s: %+v", d.State, d.Failure)
		}
	})
}

// A repeat that X refuses because the key has changed meanwhile.
func TestARepeatUnderANewKeyIsNotSentTwice(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			hidden := 0
			c.lose = func(n int) bool {
				if n == 1 { // the customer changes the key at this moment, and X lists the message late
					c.mu.Unlock()
					c.begin()
					c.mu.Lock()
					c.refuseOld = true
					c.edit = func(p *bridge.ChatPage) {
						if hidden++; hidden <= 1 {
							p.Events = nil
						}
					}
				}
				return n == 1
			}
		})
		r.reply(answer("once"))
		r.until("settled", 30*time.Minute, func() bool { return r.message(bridge.Out).State.IsFinal() })
		time.Sleep(time.Hour)
		if got := r.chat.read(); len(got) != 1 {
			t.Errorf("%s, the customer reads %q", r.message(bridge.Out).State, got)
		}
	})
}

// A limit between a lost answer and its repeat.
func TestALimitAfterALostAnswerLeavesItInDoubt(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			hidden := 0
			c.edit = func(p *bridge.ChatPage) {
				if hidden++; hidden <= 1 {
					p.Events = nil
				}
			}
			c.after = func(n int) error {
				if n == 1 {
					return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "503", Doubtful: true}
				}
				return nil
			}
			c.onSend = func(n int) error {
				switch n {
				case 1:
					return nil
				case 2:
					return &bridge.Error{Kind: bridge.RateLimited, Side: bridge.SideX, Message: "limit", Endpoint: bridge.EndpointChat, RetryAt: time.Now().Add(time.Minute)}
				}
				return rejected("there is such a message")
			}
		})
		r.reply(answer("once"))
		r.until("settled", 30*time.Minute, func() bool { return r.message(bridge.Out).State.IsFinal() })
		if d := r.message(bridge.Out); d.State != bridge.Delivered {
			t.Errorf("%s %+v, the customer reads %q", d.State, d.Failure, r.chat.read())
		}
	})
}

// X tells of no records of the account once.
func TestAnEmptyAnswerAboutTheOwnKeysStopsNothingForLong(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		from, to := time.Now().Add(55*time.Minute), time.Now().Add(75*time.Minute)
		isEmpty := false
		for time.Now().Before(to) {
			is := time.Now().After(from) && !isEmpty
			r.chat.set(func(c *fakeChat) {
				if is {
					isEmpty = true
					c.records["saved"] = c.records[brandID]
					delete(c.records, brandID)
				}
			})
			if r.chatState() != bridge.ChatReady {
				break
			}
			time.Sleep(10 * time.Second)
		}
		r.chat.set(func(c *fakeChat) { c.records[brandID] = c.records["saved"] })
		if r.chatState() == bridge.ChatReady {
			t.Fatal("not glitched")
		}
		start := time.Now()
		r.reply(answer("go"))
		r.until("sent", 3*time.Hour, func() bool { return len(r.chat.read()) == 1 })
		if d := time.Since(start); d > 15*time.Minute {
			t.Errorf("writing was stopped for %s", d)
		}
	})
}

// An answer that was lost while X does not list the conversation holds up no other, and is not looked for all the time.
func TestALostAnswerThatCannotBeLookedForIsSettled(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			c.lose = func(n int) bool { return n == 1 }
			c.onEvents = func(string) error { return rejected("not for this app") }
		})
		r.reply(answer("once"))
		r.reply(answer("twice"))
		before := r.chat.called("events")
		time.Sleep(6 * time.Hour)
		list, _ := r.List(t.Context(), bridge.Filter{Direction: bridge.Out})
		for _, d := range list {
			if d.State != bridge.Delivered {
				t.Errorf("after six hours: %s %q", d.State, d.Text)
			}
		}
		if n := r.chat.called("events") - before; n > 500 {
			t.Errorf("X was asked %d times", n)
		}
		if got := r.chat.read(); len(got) != 2 {
			t.Errorf("%q, told: %q", got, r.motion.bodies())
		}
	})
}

// The remedy is true.
func TestTheRemedyAfterForgottenKeysIsTrue(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chatKeys = keys.Private{}
		r.Accounts().Replace(t.Context(), r.channel())
		if err := r.ForgetChat(t.Context(), "support"); err != nil {
			t.Fatal(err)
		}
		o := r.reply(answer("in clear"))
		again := r.reply(answer("once more"))
		if strings.Contains(o.Message, "it goes as a direct message then") && again.Status != bridge.StatusSent {
			t.Errorf("%q, and then %q", o.Message, again.Message)
		}
	})
}

// A conversation that X has not got any more.
func TestADeletedConversationIsBegunAnew(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			gone := func() error {
				if c.calls["keys"] > 0 {
					return nil
				}
				return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Message: "no conversation", Code: bridge.CodeNoConversation}
			}
			c.onSend = func(int) error { return gone() }
			c.onEvents = func(string) error { return gone() }
		})
		if o := r.reply(answer("hello?")); o.Status != bridge.StatusSent {
			t.Errorf("%+v", o)
		}
		_ = r.Retry(t.Context(), r.message(bridge.Out).ID)
		time.Sleep(time.Hour)
		if d := r.message(bridge.Out); d.State != bridge.Delivered {
			t.Errorf("after another try: %s %+v", d.State, d.Failure)
		}
	})
}

// X may say that it does not keep a message after it has answered 201. What it lists all the same was sent.
func TestAFailureThatXTellsLaterIsSeen(t *testing.T) {
	t.Parallel()
	for name, isListed := range map[string]bool{"it is gone": false, "it is listed": true} {
		for _, kind := range []string{"chat.sent", "chat.received"} {
			t.Run(name+", "+kind, func(t *testing.T) {
				inChat(t, func(t *testing.T, r *rig) {
					r.talked()
					if o := r.reply(answer("hello")); o.Status != bridge.StatusSent {
						t.Fatalf("%+v", o)
					}
					r.chat.mu.Lock()
					event := r.chat.failure(r.message(bridge.Out).XID, 7)
					if !isListed {
						r.chat.events = r.chat.events[:len(r.chat.events)-1]
					}
					r.chat.mu.Unlock()
					r.receive([]byte(strings.Replace(string(chatBody(event, "")), "chat.received", kind, 1)))
					time.Sleep(time.Hour)
					d, bodies := r.message(bridge.Out), r.motion.bodies()
					isTold := d.State == bridge.Dead && d.Failure != nil && len(bodies) == 2 && strings.Contains(bodies[1], "was not sent")
					if isTold == isListed || (isListed && d.State != bridge.Delivered) {
						t.Errorf("%s %+v, %q", d.State, d.Failure, bodies)
					}
				})
			})
		}
	}
}

// X has taken the message and answered with a server error, and does not let Perch look for it: the agent is not told that it
// was not sent.
func TestARefusedLookSaysNothingOfTheMessage(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			c.after = func(n int) error {
				if n == 1 {
					return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "503", Doubtful: true}
				}
				return nil
			}
			c.onEvents = func(string) error { return rejected("not for this app") }
		})
		r.reply(answer("once"))
		time.Sleep(6 * time.Hour)
		d := r.message(bridge.Out)
		if told := strings.Join(r.motion.bodies(), "\n"); d.State != bridge.Delivered || strings.Contains(told, "was not sent") {
			t.Errorf("%s %+v; the customer reads %q; the agent: %q", d.State, d.Failure, r.chat.read(), told)
		}
	})
}
