package engine_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
	"perch/bridge/xchat/wire"
)

// set changes the fake while nobody looks at it.
func (c *fakeChat) set(change func(*fakeChat)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

func (c *fakeChat) paid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served
}

func TestAnEncryptedMessageThatWaitsCostsLittle(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.chat.set(func(c *fakeChat) { c.hideChanges = true })
		for range 60 {
			r.chat.write(xchat.Draft{Text: "earlier"})
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "no key"}), ""))
		r.until("the notices", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 61 })
		time.Sleep(time.Hour)
		before := r.chat.paid()
		time.Sleep(4 * time.Hour)
		if n := r.chat.paid() - before; n > 60 {
			t.Errorf("%d events were paid for within hours in which nothing happened", n)
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "with the key"}), change))
		r.until("all opened", time.Hour, func() bool { return len(r.motion.bodies()) == 123 })
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
	inChat(t, func(t *testing.T, r *rig) {
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

func TestALimitOfXKeepsNoAgentWaitingForTheNotice(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.chat.begin()
		event := r.chat.write(xchat.Draft{Text: "soon"})
		r.chat.set(func(c *fakeChat) {
			c.onFetch = func(string) error {
				return &bridge.Error{Kind: bridge.RateLimited, Side: bridge.SideX, Message: "limit", Endpoint: "chat.events", RetryAt: time.Now().Add(2 * time.Minute)}
			}
		})
		r.receive(chatBody(event, ""))
		r.until("the notice", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		r.chat.set(func(c *fakeChat) { c.onFetch = nil })
		r.until("the message", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
	})
}

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

func TestAMessageThatComesLateDoesNotChangeTheWay(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.write(xchat.Draft{Text: "missed"})
		time.Sleep(time.Minute)
		r.receive([]byte(strings.Replace(string(dmBody("900", customerID, "in clear")), "1795000000557", milli(time.Now()), 1)))
		r.until("all", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 3 })
		r.reply(answer("where you wrote"))
		r.until("sent", time.Minute, func() bool { return len(r.x.sentTexts()) == 1 || len(r.chat.read()) == 1 })
		if got := r.x.sentTexts(); len(got) != 1 {
			t.Errorf("as direct messages %q, in chat %q", got, r.chat.read())
		}
	})
}

func TestADamagedEventIsToldOnce(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			c.events = append(c.events, bridge.ChatEvent{ID: "208040000000009999", CreatedAt: time.Now(), Sealed: bridge.Sealed{
				Conversation: chatPair.Path(), Sender: customerID, Event: "not an event!",
			}})
		})
		r.receive([]byte(`{"data":{"event_type":"chat.received","filter":{"user_id":"` + brandID + `"},"payload":{"id":"5b1c7d0e-6a52-4e0f-9a4c-7f3d2b8c9e10",
			"sender_id":"` + customerID + `","conversation_id":"` + string(chatPair) + `","encoded_event":"not an event!"}}}`))
		time.Sleep(30 * time.Minute)
		r.untilBodies(2)
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

func TestAListedEventOfAnotherSenderThanXSaysIsRefused(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.set(func(c *fakeChat) {
			c.edit = func(p *bridge.ChatPage) {
				if len(p.Events) > 0 {
					p.Events[0].Sealed.Sender = "12345"
				}
			}
		})
		r.chat.write(xchat.Draft{Text: "whose?"})
		time.Sleep(30 * time.Minute)
		if got := r.motion.bodies(); len(got) != 2 || strings.Contains(got[1], "whose?") {
			t.Errorf("%q", got)
		}
	})
}

func TestWhatNobodySignedIsNoChangeOfKeys(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.mu.Lock()
		entry := wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: "plain"}}
		message := wire.Message{Contents: entry.Encode()}
		detail := append(append([]byte{0x0c, 0, 1}, message.Encode()...), 0)
		event := r.chat.keep(wire.Event{
			MessageID: xchat.NewID(), SenderID: customerID, ConversationID: string(chatPair),
			Signature: &wire.Signature{Signature: "AAAA", KeyVersion: "9999999999999", Version: "7"},
		}, detail)
		r.chat.mu.Unlock()
		r.receive(chatBody(event, ""))
		time.Sleep(time.Minute)
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "and on"}), ""))
		time.Sleep(time.Minute)
		if got := strings.Join(r.motion.bodies(), "\n"); strings.Contains(got, "security key") || !strings.Contains(got, "and on") {
			t.Errorf("%q", got)
		}
	})
}

func TestKeysGivenWhileTheNoticeIsOnItsWayOpenTheMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := chatRig(t, func(r *rig) { r.chatKeys = keytest.Private(r.t) })
		r.until("wrong keys", time.Minute, func() bool { return r.chatState() == bridge.ChatWrongKeys })
		change := r.chat.begin()
		r.motion.onNotify = func(int, bridge.Notification) error { time.Sleep(20 * time.Second); return nil }
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "in between"}), change))
		time.Sleep(10 * time.Second)
		r.chatKeys = r.chat.brandKeys
		r.Accounts().Replace(t.Context(), r.channel())
		r.until("the message", time.Hour, func() bool {
			return strings.Contains(strings.Join(r.motion.bodies(), "\n"), "in between")
		})
	})
}

func TestAnAttemptThatBeganWithOtherKeysDoesNotBringThemBack(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		picture := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("x"), 3000)...)
		files := []wire.Media{r.chat.attach("a.png", picture, wire.MediaImage), r.chat.attach("b.png", picture, wire.MediaImage)}
		r.chat.set(func(c *fakeChat) {
			c.onFetch = func(call string) error {
				if call == "download" && c.calls[call] == 1 {
					c.mu.Unlock()
					time.Sleep(10 * time.Second)
					c.mu.Lock()
				}
				return nil
			}
		})
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "two", Files: files}), change))
		time.Sleep(5 * time.Second)
		newer := keytest.Private(t)
		r.chat.set(func(c *fakeChat) { c.register(brandID, newer, "1999001112223") })
		r.chatKeys = newer
		r.Accounts().Replace(t.Context(), r.channel())
		time.Sleep(20 * time.Second)
		s, _ := r.Status(t.Context())
		if c := s.Channels[0].Chat; c.State != bridge.ChatReady || c.Fingerprint != newer.Fingerprint() {
			t.Errorf("%+v, want %s", c, newer.Fingerprint())
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

func TestRequestsOfStrangersCostLittle(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		for range 20 {
			r.receive(chatBody(r.chat.write(xchat.Draft{Text: "more"}), ""))
		}
		r.untilBodies(21)
		r.chat.set(func(c *fakeChat) { c.requests = true })
		time.Sleep(time.Hour)
		before := r.chat.paid()
		time.Sleep(24 * time.Hour)
		if n := r.chat.paid() - before; n > 300 {
			t.Errorf("%d events were paid for within a day", n)
		}
		r.chat.write(xchat.Draft{Text: "as a stranger"})
		r.until("it", 2*time.Hour, func() bool { return slices.Contains(r.motion.bodies(), "as a stranger") })
	})
}

func TestARefusedLookUpOfASignerHoldsUpNoConversation(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
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

// The version of a conversation's key is a time, and has to be less than those of the keys that the customer makes later.
func TestAWrongClockMakesNoKeyOfTheFuture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := chatRig(t, func(r *rig) {
			r.clock = func() time.Time { return time.Now().AddDate(9, 0, 0) }
			r.chat.ahead = func() time.Duration { return -time.Now().AddDate(9, 0, 0).Sub(time.Now()) }
		})
		r.until("X told whose the keys are", time.Minute, func() bool { return r.chatState() == bridge.ChatReady })
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}); o.Status != bridge.StatusSent || len(r.chat.read()) != 1 {
			t.Fatalf("%+v, %+v", o, r.message(bridge.Out))
		}
		version, latest := r.chat.version(), milli(time.Now().Add(time.Minute))
		if version == "" || keys.CompareVersions(version, latest) > 0 {
			t.Errorf("the key has the version %q, and now is %s", version, latest)
		}
	})
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

func milli(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

func TestWhatComesToNothingLeavesNoLaneShut(t *testing.T) {
	t.Parallel()
	t.Run("replies whose answers are lost", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			for i := range 12 {
				r.receive(dmBody(fmt.Sprint(900+i), fmt.Sprint(5000+i), "hello"))
			}
			r.until("the questions", time.Minute, func() bool { return len(r.motion.bodies()) == 12 })
			r.x.onDM = func(n int, _ string) error {
				if n > 8 {
					return nil
				}
				return &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
			}
			for i := range 8 {
				id := fmt.Sprint(5000 + i)
				_ = r.reply(bridge.Reply{MotionID: id, Body: id, Handle: "annlee"})
			}
			time.Sleep(6 * time.Hour)
			_ = r.reply(bridge.Reply{MotionID: "last", Body: "last", Handle: "annlee"})
			r.until("the last", time.Hour, func() bool { return slices.Contains(r.x.sentTexts(), "last") })
		})
	})
	t.Run("an encrypted message that holds nothing", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := chatRig(t)
			r.talked()
			isDown := true
			r.motion.onNotify = func(int, bridge.Notification) error {
				if isDown {
					return temporary(bridge.SideMotion)
				}
				return nil
			}
			for i := range 6 {
				r.receive(dmBody(fmt.Sprint(900+i), fmt.Sprint(5000+i), "hello"))
			}
			time.Sleep(3 * time.Minute)
			for range 5 {
				r.chat.mu.Lock()
				post, err := r.chat.customer.Delete(chatPair, []string{"1"}, false)
				if err != nil {
					t.Fatal(err)
				}
				event := r.chat.acted(customerID, post.Signatures[0])
				r.chat.mu.Unlock()
				r.receive(chatBody(event, ""))
			}
			time.Sleep(10 * time.Minute)
			isDown = false
			r.until("the rest", time.Hour, func() bool { return len(r.motion.bodies()) == 7 })
		})
	})
}

func TestNoIDThatASenderChoosesHidesAMessage(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"key:1", "notice:3", "seq:1"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				r.talked()
				r.receive(chatBody(r.chat.writeAs(id, "under a name"), ""))
				if got := r.untilBodies(2); got[1] != "under a name" {
					t.Errorf("%q", got)
				}
				change := r.chat.begin()
				r.chat.set(func(c *fakeChat) { c.hideChanges = true })
				for range 3 {
					r.receive(chatBody(r.chat.write(xchat.Draft{Text: "waits"}), ""))
				}
				r.untilBodies(5)
				r.receive(chatBody(r.chat.write(xchat.Draft{Text: "opens"}), change))
				r.until("all", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 9 })
			})
		})
	}
}

// writeAs has the customer write under an id of her own.
func (c *fakeChat) writeAs(id, text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	box, err := c.thread.Key.Seal(wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: text}}.Encode())
	if err != nil {
		c.t.Fatal(err)
	}
	signed := strings.Join([]string{"MessageCreateEvent", id, customerID, string(chatPair), c.thread.KeyVersion, base64.RawStdEncoding.EncodeToString(box)}, ",")
	signature, err := c.customer.Keys.Sign([]byte(signed))
	if err != nil {
		c.t.Fatal(err)
	}
	message := wire.Message{Contents: box, KeyVersion: c.thread.KeyVersion, IsEncrypted: true}
	return c.keep(wire.Event{
		MessageID: id, SenderID: customerID, ConversationID: string(chatPair),
		Signature: &wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(signature), KeyVersion: c.customer.KeyVersion, Version: "7"},
	}, append(append([]byte{0x0c, 0, 1}, message.Encode()...), 0))
}

func TestAKeyThatNobodySignedDamagesNoMessage(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		change := r.chat.begin()
		r.chat.mu.Lock()
		c := r.chat
		c.hideChanges = true
		record, err := c.records[brandID][0].Verify()
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := keys.NewConversation().Wrap(record.Identity())
		if err != nil {
			t.Fatal(err)
		}
		detail := wire.Detail{Kind: wire.KindKeyChange, KeyChange: wire.KeyChange{Version: c.thread.KeyVersion, Participants: []wire.ParticipantKey{
			{UserID: brandID, Wrapped: wrapped, KeyVersion: brandVersion},
		}}}
		e := wire.Event{MessageID: xchat.NewID(), SenderID: customerID, ConversationID: string(chatPair), SequenceID: "2080400000000000"}
		false1 := base64.StdEncoding.EncodeToString(e.Encode(detail.Encode()))
		r.chat.mu.Unlock()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "mine"}), false1))
		time.Sleep(time.Minute)
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "next"}), change))
		time.Sleep(30 * time.Minute)
		if got := strings.Join(r.motion.bodies(), "\n"); !strings.Contains(got, "mine") || !strings.Contains(got, "next") {
			t.Errorf("%q", got)
		}
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
