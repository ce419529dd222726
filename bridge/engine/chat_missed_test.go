package engine_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// X does not say when the events of its list were made; they say it themselves.
func TestOldMessagesWithoutATimeInTheListAreNotPushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := chatRig(t, func(r *rig) {
			r.chat.begin()
			for i := range 30 {
				r.chat.write(xchat.Draft{Text: fmt.Sprint("long ago ", i)})
			}
			r.chat.edit = func(p *bridge.ChatPage) {
				for i := range p.Events {
					p.Events[i].CreatedAt = time.Time{}
				}
			}
			time.Sleep(100 * time.Hour)
		})
		time.Sleep(time.Hour)
		r.chat.write(xchat.Draft{Text: "new"})
		r.Missed("support")
		time.Sleep(time.Hour)
		if got := r.motion.bodies(); len(got) != 1 {
			t.Errorf("%d messages in Motion: %q", len(got), got)
		}
	})
}

// Pages that are too long to be read are asked for in smaller ones.
func TestLongPagesHideNothing(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		for i := range 60 {
			r.chat.write(xchat.Draft{Text: fmt.Sprint("long ", i)})
		}
		r.chat.set(func(c *fakeChat) {
			c.onPage = func(count int) error {
				if count > 20 {
					return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "too long", Code: bridge.CodeTooLong}
				}
				return nil
			}
		})
		r.Missed("support")
		time.Sleep(2 * time.Hour)
		if n := len(r.motion.bodies()); n != 61 {
			t.Errorf("%d messages in Motion", n)
		}
	})
}

func TestListedChatEventsWithoutAnUsualIDAreHandedOn(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{"none": "", "a name": "3168df9b-23cd-48bf-9fbb-7b1dd85b8f56"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				change := r.chat.begin()
				r.receive(chatBody(r.chat.write(xchat.Draft{Text: "0"}), change))
				r.untilBodies(1)
				r.chat.set(func(c *fakeChat) { c.edit = func(p *bridge.ChatPage) { p.Events[0].ID = id } })
				r.chat.write(xchat.Draft{Text: "1"})
				time.Sleep(20 * time.Minute)
				r.chat.set(func(c *fakeChat) { c.edit = nil })
				r.chat.write(xchat.Draft{Text: "2"})
				time.Sleep(20 * time.Minute)
				if got := r.motion.bodies(); !slices.Equal(got, []string{"0", "1", "2"}) {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

func TestOneEncryptedConversationHoldsUpNoOther(t *testing.T) {
	inChat(t, func(_ *testing.T, r *rig) {
		change := r.chat.begin()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "0"}), change))
		r.untilBodies(1)
		r.chat.set(func(c *fakeChat) {
			c.list = []bridge.ChatConversation{{ID: "77-" + brandID, UpdatedAt: time.Now().Add(time.Hour)}}
			c.onEvents = func(conversation string) error {
				if conversation == "77" {
					return rejected("not for this app")
				}
				return nil
			}
		})
		r.chat.write(xchat.Draft{Text: "1"})
		r.until("the other conversation's message", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
	})
}

func TestAKeyBesideAListedEventIsLearned(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.chat.set(func(c *fakeChat) {
			c.hideChanges = true
			c.edit = func(p *bridge.ChatPage) { p.Events[0].Sealed.KeyChange = change }
		})
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "open me"}), ""))
		if got := r.untilBodies(1); got[0] != "open me" {
			t.Errorf("%q", got)
		}
	})
}

func TestARefusedLookUpOfASignerHoldsUpNoConversation(t *testing.T) {
	inChat(t, func(_ *testing.T, r *rig) {
		r.chat.begin()
		r.chat.write(xchat.Draft{Text: "hello"})
		r.chat.set(func(c *fakeChat) {
			c.onFetch = func(call string) error {
				if call == "records" {
					return rejected("this account is suspended")
				}
				return nil
			}
		})
		r.Missed("support")
		r.until("the notice", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		r.chat.set(func(c *fakeChat) { c.onFetch = nil })
		r.until("the message", 30*time.Hour, func() bool { return len(r.motion.bodies()) == 2 })
	})
}

func TestAClockThatIsAheadLosesNoMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := chatRig(t, func(r *rig) { r.clock = func() time.Time { return time.Now().Add(time.Hour) } })
		change := r.chat.begin()
		r.chat.set(func(c *fakeChat) { c.hideChanges = true })
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "first"}), ""))
		r.untilBodies(1)
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "second"}), change))
		r.until("both", time.Hour, func() bool { return strings.Contains(strings.Join(r.motion.bodies(), "\n"), "first") })
	})
}

// What came while Perch was away is found by X's times, whatever this computer's clock says, and however it is set later.
func TestAWrongClockHidesNothingThatWasMissed(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]time.Duration{"ahead": 5 * time.Hour, "behind": -5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var offset atomic.Int64
				offset.Store(int64(wrong))
				r := chatRig(t, func(r *rig) {
					r.clock = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
					r.chat.ahead = func() time.Duration { return -time.Duration(offset.Load()) }
					r.chat.begin()
					r.chat.write(xchat.Draft{Text: "from before there was a key"})
					time.Sleep(3 * time.Hour)
				})
				time.Sleep(2 * time.Minute)
				r.chat.write(xchat.Draft{Text: "missed"})
				r.Missed("support")
				if got := r.untilBodies(1); got[0] != "missed" {
					t.Fatalf("%q", got)
				}
				offset.Store(0)
				r.chat.write(xchat.Draft{Text: "missed, too"})
				r.Missed("support")
				if got := r.untilBodies(2); got[1] != "missed, too" {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

func TestATimeInTheFutureHidesNothingThatWasMissed(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.write(xchat.Draft{Text: "from the future"})
		r.chat.set(func(c *fakeChat) {
			c.edit = func(p *bridge.ChatPage) {
				for i := range p.Events {
					p.Events[i].CreatedAt = time.Now().AddDate(20, 0, 0)
				}
			}
		})
		r.Missed("support")
		r.untilBodies(2)
		r.chat.set(func(c *fakeChat) { c.edit = nil })
		time.Sleep(time.Hour)
		r.chat.write(xchat.Draft{Text: "missed"})
		r.Missed("support")
		if got := r.untilBodies(3); got[2] != "missed" {
			t.Errorf("%q", got)
		}
	})
}

func TestAnIDThatIsTooLongHidesNothingThatComesAfterIt(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.write(xchat.Draft{Text: "under an odd id"})
		r.chat.set(func(c *fakeChat) { c.events[len(c.events)-1].ID = strings.Repeat("9", 24) })
		r.Missed("support")
		r.untilBodies(2)
		time.Sleep(time.Hour)
		r.chat.write(xchat.Draft{Text: "missed"})
		r.Missed("support")
		if got := r.untilBodies(3); got[2] != "missed" {
			t.Errorf("%q", got)
		}
	})
}

// One conversation of which X's answer is always a server error keeps no other from being caught up with.
func TestAServerErrorOfOneConversationHoldsUpNoOther(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "0"}), change))
		r.untilBodies(1)
		r.chat.set(func(c *fakeChat) {
			c.list = []bridge.ChatConversation{{ID: "77-" + brandID, UpdatedAt: time.Now().Add(time.Hour)}}
			c.onEvents = func(conversation string) error {
				if conversation == "77" {
					return temporary(bridge.SideX)
				}
				return nil
			}
		})
		r.chat.write(xchat.Draft{Text: "1"})
		time.Sleep(4 * time.Hour)
		if got := r.motion.bodies(); len(got) != 2 {
			t.Errorf("after hours: %q", got)
		}
		if s, _ := r.Status(t.Context()); s.Channels[0].Chat.State != bridge.ChatDegraded {
			t.Errorf("nobody is told: %+v", s.Channels[0].Chat)
		}
	})
}

// People's records cannot be had: what was missed is told all the same, as it is when X tells of it.
func TestRecordsThatCannotBeHadHoldUpNoCatchUp(t *testing.T) {
	t.Parallel()
	for _, kind := range []bridge.Kind{bridge.Operator, bridge.RateLimited, bridge.Temporary} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				r.chat.begin()
				r.chat.write(xchat.Draft{Text: "hello"})
				r.chat.set(func(c *fakeChat) {
					c.onFetch = func(call string) error {
						if call == "records" {
							return &bridge.Error{Kind: kind, Side: bridge.SideX, Message: "the X app does not belong to a Project", Endpoint: "chat.public_keys"}
						}
						return nil
					}
				})
				r.Missed("support")
				time.Sleep(4 * time.Hour)
				if got := r.motion.bodies(); len(got) != 1 {
					t.Errorf("after hours: %q; %d events were paid for, chat is %s", got, r.chat.paid(), r.chatState())
				}
			})
		})
	}
}

// X lists an event late, after a newer one was listed and told.
func TestAnEventThatXListsLateIsNotLost(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "0"}), change))
		r.untilBodies(1)
		time.Sleep(time.Hour)
		r.chat.write(xchat.Draft{Text: "listed late"})
		time.Sleep(time.Second)
		r.chat.write(xchat.Draft{Text: "listed at once"})
		r.chat.set(func(c *fakeChat) {
			c.edit = func(p *bridge.ChatPage) {
				p.Events = slices.DeleteFunc(p.Events, func(e bridge.ChatEvent) bool { return e.ID == c.events[1].ID })
			}
		})
		r.Missed("support")
		time.Sleep(30 * time.Second)
		r.chat.set(func(c *fakeChat) { c.edit = nil })
		time.Sleep(time.Hour)
		r.chat.write(xchat.Draft{Text: "later"})
		time.Sleep(4 * time.Hour)
		if got := r.motion.bodies(); len(got) != 4 {
			t.Errorf("%q", got)
		}
	})
}

// With keys of another account, which are held, nothing of that account's conversations comes to the brand's agents.
func TestConversationsOfAnotherAccountAreNotHandedOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "new", 1, strange, func(r *rig) {
			r.x.people["annlee"] = bridge.Person{ID: customerID, Handle: "annlee", Name: "Ann Lee"}
			r.chat = newFakeChat(t)
			r.chatKeys = r.chat.brandKeys
		})
		time.Sleep(time.Minute)
		theirs := xchat.ConversationID(strangerID + ":" + customerID)
		r.chat.mu.Lock()
		post, err := r.chat.customer.Message(xchat.Thread{Conversation: theirs, Key: keys.NewConversation(), KeyVersion: "1800000000000"}, xchat.Draft{Text: "for the other account"})
		if err != nil {
			t.Fatal(err)
		}
		r.chat.take(customerID, post) // signed for their conversation, framed for ours; framed anew below
		r.chat.events = nil
		e, err := wire.ParseEvent(append(append([]byte{0x0c, 0, 9}, r.chat.decode(post.Signature)...), 0))
		if err != nil {
			t.Fatal(err)
		}
		e.MessageID, e.SenderID, e.ConversationID, e.SequenceID = post.MessageID, customerID, string(theirs), "2080400000000001001"
		e.CreatedAt, e.IsTrusted = milli(time.Now()), true
		encoded := base64.StdEncoding.EncodeToString(e.Encode(append(append([]byte{0x0c, 0, 1}, r.chat.decode(post.Event)...), 0)))
		r.chat.list = []bridge.ChatConversation{{ID: theirs.Path(), UpdatedAt: time.Now()}}
		r.chat.others = map[string][]bridge.ChatEvent{theirs.Path(): {{ID: e.SequenceID, CreatedAt: time.Now(), Sealed: bridge.Sealed{
			Conversation: theirs.Path(), Sender: customerID, Event: encoded,
		}}}}
		r.chat.events = []bridge.ChatEvent{{ID: "1", CreatedAt: time.Now()}}
		r.chat.mu.Unlock()
		time.Sleep(time.Hour)
		if got := r.motion.bodies(); len(got) != 0 {
			t.Errorf("%q", got)
		}
	})
}

// A catch-up that does not work any more is shown.
func TestACatchUpThatFailsForDaysIsShown(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.chat.set(func(c *fakeChat) {
			c.onFetch = func(call string) error {
				if call == "list" {
					return rejected("not for this app")
				}
				return nil
			}
		})
		time.Sleep(3 * time.Hour)
		s, _ := r.Status(t.Context())
		if c := s.Channels[0].Chat; c.State == bridge.ChatReady && c.Detail == "" {
			t.Errorf("after hours in which nothing could be caught up with: %+v", c)
		}
	})
}

// An event that X lists without its contents.
func TestAListedEventWithoutContentsIsTold(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		time.Sleep(time.Hour)
		r.chat.write(xchat.Draft{Text: "missed"})
		r.chat.set(func(c *fakeChat) {
			c.edit = func(p *bridge.ChatPage) {
				for i := range p.Events {
					p.Events[i].Sealed.Event = ""
				}
			}
		})
		time.Sleep(time.Hour)
		s, _ := r.Status(t.Context())
		if c := s.Channels[0].Chat; c.State != bridge.ChatDegraded || !strings.Contains(c.Detail, "without their contents") {
			t.Errorf("%+v", c)
		}
		time.Sleep(25 * time.Hour)
		if s, _ = r.Status(t.Context()); s.Channels[0].Chat.State != bridge.ChatReady {
			t.Errorf("two days later: %+v", s.Channels[0].Chat)
		}
	})
}

// X gives fewer events at once than it is asked for.
func TestShortPagesLoseNothing(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		for i := range 230 {
			r.chat.write(xchat.Draft{Text: fmt.Sprint("missed ", i)})
		}
		r.chat.set(func(c *fakeChat) { c.perPage = 1 })
		r.Missed("support")
		time.Sleep(2 * time.Hour)
		s, _ := r.Status(t.Context())
		if n := len(r.motion.bodies()); n != 231 {
			t.Errorf("%d messages in Motion, first %q; status %+v", n, r.motion.bodies()[1], s.Channels[0].Chat)
		}
	})
}
