package engine_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
)

func reveal(t *testing.T, private keys.Private) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(private.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// talked has the customer write in encrypted chat.
func (r *rig) talked() {
	r.t.Helper()
	change := r.chat.begin()
	r.receive(chatBody(r.chat.write(xchat.Draft{Text: "hello"}), change))
	r.untilBodies(1)
}

func answer(text string) bridge.Reply {
	return bridge.Reply{MotionID: text, Body: text, InteractionID: "dm-annlee", Handle: "annlee"}
}

func TestAnswersGoTheWayTheCustomerWroteLast(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		if o := r.reply(answer("encrypted")); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		r.receive(dmBody("900", customerID, "now in clear"))
		r.untilBodies(2)
		if o := r.reply(answer("clear")); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		if got := r.chat.read(); !slices.Equal(got, []string{"encrypted"}) {
			t.Errorf("in chat: %q", got)
		}
		if got := r.x.sentTexts(); !slices.Equal(got, []string{"clear"}) {
			t.Errorf("as direct messages: %q", got)
		}
		d := r.message(bridge.Out)
		if d.Kind != bridge.KindChat || d.To != "annlee" || d.From != "acme" || d.XID == "" {
			t.Errorf("%+v", d)
		}
	})
}

func TestALostAnswerInChatIsSettledWithoutAPerson(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(c *fakeChat){
		"X has it": func(c *fakeChat) { c.lose = func(n int) bool { return n == 1 } },
		"X does not have it": func(c *fakeChat) {
			c.onSend = func(n int) error {
				if n <= 2 {
					return &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
				}
				return nil
			}
		},
		"a server error": func(c *fakeChat) {
			c.onSend = func(n int) error {
				if n == 1 {
					return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Message: "503", Doubtful: true}
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				r.talked()
				r.chat.mu.Lock()
				lose(r.chat)
				r.chat.mu.Unlock()
				r.reply(answer("once"))
				r.until("delivered", 5*time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
				time.Sleep(time.Hour)
				if got := r.chat.read(); !slices.Equal(got, []string{"once"}) {
					t.Errorf("the customer reads %q", got)
				}
				r.untilBodies(1) // no note to the agent
			})
		})
	}
}

func TestXsRefusalsInsideASuccess(t *testing.T) {
	t.Parallel()
	for kind, want := range map[int32]string{7: "has not accepted", 11: "spam", 3: "too large", 15: "no member"} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				r.talked()
				r.chat.mu.Lock()
				r.chat.fail = func(int) int32 { return kind }
				r.chat.mu.Unlock()
				if o := r.reply(answer("no")); o.Status != bridge.StatusRefused || !strings.Contains(o.Message, want) {
					t.Errorf("%+v, want %q", o, want)
				}
				if n := r.chat.called("send"); n != 1 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
}

func TestChangedKeysOfTheConversationAndOfTheCustomer(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.begin() // a newer key, of which nobody has told
		r.chat.mu.Lock()
		newest := r.chat.thread.KeyVersion
		r.chat.fail = func(n int) int32 {
			if n == 1 {
				return 6
			}
			return 0
		}
		r.chat.mu.Unlock()
		if o := r.reply(answer("with the new key")); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		if n := r.chat.called("keys"); n != 0 {
			t.Error("a key was made although there was a newer one")
		}
		r.chat.mu.Lock()
		theirs := keytest.Private(t) // a new phone
		r.chat.register(customerID, theirs, "1800001112223")
		r.chat.customer.Keys, r.chat.customer.KeyVersion = theirs, "1800001112223"
		r.chat.reader.Keys, r.chat.reader.KeyVersion = theirs, "1800001112223"
		r.chat.fail = func(n int) int32 {
			if n == 3 {
				return 8
			}
			return 0
		}
		r.chat.mu.Unlock()
		if o := r.reply(answer("with the customer's new key")); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		if r.chat.called("keys") != 1 || keys.CompareVersions(r.chat.thread.KeyVersion, newest) <= 0 {
			t.Errorf("keys made: %d, version %s after %s", r.chat.called("keys"), r.chat.thread.KeyVersion, newest)
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "it is me"}), ""))
		bodies := r.untilBodies(3)
		if !strings.Contains(strings.Join(bodies, "\n"), "security key of @annlee") {
			t.Errorf("%q", bodies)
		}
	})
}

func TestWhoHasNotWrittenIsAnsweredInChatIfBothCan(t *testing.T) {
	t.Parallel()
	for name, hasKeys := range map[string]bool{"with keys": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				if !hasKeys {
					r.chat.mu.Lock()
					delete(r.chat.records, customerID)
					r.chat.mu.Unlock()
				}
				o := r.reply(bridge.Reply{MotionID: "1", Body: "may I help?", Handle: "annlee"})
				if o.Status != bridge.StatusSent {
					t.Fatalf("%+v", o)
				}
				chat, direct := r.chat.read(), r.x.sentTexts()
				if hasKeys != (len(chat) == 1) || hasKeys == (len(direct) == 1) {
					t.Errorf("chat %q, direct %q", chat, direct)
				}
			})
		})
	}
}

func TestFilesGoOutEncrypted(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("y"), 5000)...)
		r.motion.file = bridge.File{Name: "bill.pdf", Type: "application/pdf", Data: pdf}
		o := r.reply(bridge.Reply{MotionID: "f", Body: "bill.pdf", AttachmentID: "5", InteractionID: "dm-annlee", Handle: "annlee"})
		if o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		for name, raw := range r.chat.files {
			if bytes.Contains(raw, []byte("%PDF")) {
				t.Errorf("%s is not encrypted", name)
			}
		}
		if len(r.chat.read()) != 1 || len(r.chat.files) != 1 {
			t.Errorf("%q, %d files", r.chat.read(), len(r.chat.files))
		}
	})
}

func TestKeysThatOnlyReadRefuseInWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := chatRig(t, func(r *rig) { r.chatKeys, _ = keys.ParsePrivate(reveal(t, r.chat.brandKeys)[:32]) })
		r.talked()
		if o := r.reply(answer("x")); o.Status != bridge.StatusRefused || !strings.Contains(o.Message, "only read") {
			t.Errorf("%+v", o)
		}
		if len(r.x.sentTexts()) != 0 {
			t.Error("it went as a direct message")
		}
	})
}

// The customer may get new keys just between X's answer that tells them and the change that is made for the old ones.
func TestAChangeOfKeysThatIsRefusedIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, refusals := range map[string]int{"once": 1, "always": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t)
				r.chat.set(func(c *fakeChat) {
					c.onFetch = func(call string) error {
						if call == "keys" && c.calls[call] <= refusals {
							return rejected("the public key version of a participant is not the latest")
						}
						return nil
					}
				})
				o := r.reply(bridge.Reply{MotionID: "1", Body: "may I help?", Handle: "annlee"})
				if isSent := refusals == 1; isSent != (o.Status == bridge.StatusSent) || isSent != (len(r.chat.read()) == 1) {
					t.Errorf("%+v, read %q", o, r.chat.read())
				}
				if records, changes := r.chat.called("records"), r.chat.called("keys"); changes != 2 || records < changes {
					t.Errorf("%d looks at the keys of people, %d changes", records, changes)
				}
			})
		})
	}
}
