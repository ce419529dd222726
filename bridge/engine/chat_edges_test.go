package engine_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

func TestALimitOfXKeepsNoAgentWaitingForTheNotice(t *testing.T) {
	inChat(t, func(_ *testing.T, r *rig) {
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

// The version of a conversation's key is a time, and has to be less than those of the keys that the customer makes later.
func TestAWrongClockMakesNoKeyOfTheFuture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := chatRig(t, func(r *rig) {
			r.clock = func() time.Time { return time.Now().AddDate(9, 0, 0) }
			r.chat.ahead = func() time.Duration { return -time.Until(time.Now().AddDate(9, 0, 0)) }
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

// Many files, which X does not give now.
func TestATextWaitsForNoneOfItsFiles(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		var files []wire.Media
		for i := range 10 {
			files = append(files, r.chat.attach(fmt.Sprint(i, ".png"), []byte("\x89PNG\r\n\x1a\nx"), wire.MediaImage))
		}
		r.chat.set(func(c *fakeChat) {
			c.hang = 2 * time.Minute // as long as a download may last
		})
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "the text", Files: files}), change))
		time.Sleep(2 * time.Hour)
		got := r.motion.bodies()
		if len(got) == 0 || !strings.HasPrefix(got[0], "the text") {
			t.Errorf("after hours: %q", got)
		}
	})
}

// A message that names the same file a thousand times.
func TestAMessageWithVeryManyFiles(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		one := r.chat.attach("a.png", []byte("\x89PNG\r\n\x1a\nx"), wire.MediaImage)
		text := wire.Text{Text: "all of it"}
		for range 1000 {
			text.Attachments = append(text.Attachments, wire.Attachment{Kind: wire.AttachmentMedia, Media: one})
		}
		r.chat.mu.Lock()
		post, err := r.chat.customer.Seal(r.chat.thread, wire.Entry{Kind: wire.EntryText, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		event := r.chat.take(customerID, post)
		r.chat.mu.Unlock()
		atFirst := -1
		r.motion.onNotify = func(n int, _ bridge.Notification) error {
			if n == 1 {
				atFirst = r.chat.called("download")
			}
			return nil
		}
		r.receive(chatBody(event, change))
		time.Sleep(time.Hour)
		if atFirst > 20 {
			t.Errorf("%d files were held at once, before the text was sent; %d messages in Motion", atFirst, len(r.motion.bodies()))
		}
	})
}

// A limit that ends only in hours.
func TestALongLimitKeepsNoAgentWaitingForTheNotice(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.chat.begin()
		event := r.chat.write(xchat.Draft{Text: "soon"})
		end := time.Now().Add(20 * time.Hour)
		r.chat.set(func(c *fakeChat) {
			c.onFetch = func(string) error {
				if time.Now().After(end) {
					return nil
				}
				return &bridge.Error{Kind: bridge.RateLimited, Side: bridge.SideX, Message: "limit", Endpoint: "chat.public_keys", RetryAt: end}
			}
		})
		r.receive(chatBody(event, ""))
		time.Sleep(time.Second)
		r.receive(dmBody("900", customerID, "and in clear, please hurry"))
		time.Sleep(2 * time.Hour)
		if got := r.motion.bodies(); len(got) != 2 {
			t.Errorf("after two hours: %q", got)
		}
	})
}

// Two lines to the agent in one attempt.
func TestTwoNotesOfOneAttempt(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		files := []wire.Media{
			r.chat.attach("a.png", []byte("\x89PNG\r\n\x1a\nx"), wire.MediaImage), r.chat.attach("b.png", []byte("\x89PNG\r\n\x1a\ny"), wire.MediaImage),
		}
		r.motion.onUpload = func() error {
			return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideMotion, Message: "too many files"}
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "two", Files: files}), change))
		time.Sleep(time.Minute)
		all := strings.Join(r.motion.bodies(), "\n")
		if !strings.Contains(all, "a.png") || !strings.Contains(all, "b.png") {
			t.Errorf("%q", all)
		}
	})
}

// Content of a kind that is new at X is told.
func TestContentThatNobodyKnowsIsTold(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		r.chat.mu.Lock()
		c := r.chat
		box, err := c.thread.Key.Seal([]byte{0x0c, 0, 1, 0x0c, 0, 99, 0x0b, 0, 1, 0, 0, 0, 2, 'h', 'i', 0, 0, 0}) // a voice note, say
		if err != nil {
			t.Fatal(err)
		}
		id := xchat.NewID()
		signed := strings.Join([]string{"MessageCreateEvent", id, customerID, string(chatPair), c.thread.KeyVersion, base64.RawStdEncoding.EncodeToString(box)}, ",")
		signature, err := c.customer.Keys.Sign([]byte(signed))
		if err != nil {
			t.Fatal(err)
		}
		message := wire.Message{Contents: box, KeyVersion: c.thread.KeyVersion, IsEncrypted: true}
		event := c.keep(wire.Event{
			MessageID: id, SenderID: customerID, ConversationID: string(chatPair),
			Signature: &wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(signature), KeyVersion: c.customer.KeyVersion, Version: "7"},
		}, append(append([]byte{0x0c, 0, 1}, message.Encode()...), 0))
		r.chat.mu.Unlock()
		r.receive(chatBody(event, ""))
		time.Sleep(time.Hour)
		list, _ := r.List(t.Context(), bridge.Filter{Direction: bridge.In})
		if got := r.motion.bodies(); len(got) != 2 {
			t.Errorf("%q, %s", got, list[0].State)
		}
	})
}

// A crash between the note of a new key of a person's and the agent's line.
func TestACrashLosesNoWordOfAChangedKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "perch.db")
		chat := newFakeChat(t)
		make1 := func() *rig {
			r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}, chat: chat, chatKeys: chat.brandKeys}
			r.x.people["annlee"] = bridge.Person{ID: customerID, Handle: "annlee", Name: "Ann Lee"}
			return r
		}
		r := make1()
		r.start(path)
		r.until("ready", time.Minute, func() bool { return r.chatState() == bridge.ChatReady })
		r.talked()
		chat.mu.Lock()
		theirs := keytest.Private(t) // a new phone
		chat.register(customerID, theirs, "1800001112223")
		chat.customer.Keys, chat.customer.KeyVersion = theirs, "1800001112223"
		chat.mu.Unlock()
		time.Sleep(time.Hour)
		second := filepath.Join(t.TempDir(), "perch.db")
		r.motion.onNotify = func(_ int, note bridge.Notification) error {
			if strings.Contains(note.Body, "it is me") { // here the power goes
				for _, end := range []string{"", "-wal", "-shm"} {
					if raw, err := os.ReadFile(path + end); err == nil {
						_ = os.WriteFile(second+end, raw, 0o600)
					}
				}
				time.Sleep(1000 * time.Hour)
			}
			return nil
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "it is me"}), ""))
		time.Sleep(time.Minute)
		r2 := make1()
		r2.start(second)
		time.Sleep(time.Hour)
		r2.receive(chatBody(r2.chat.write(xchat.Draft{Text: "and on"}), ""))
		time.Sleep(time.Hour)
		if got := strings.Join(r2.motion.bodies(), "\n"); !strings.Contains(got, "it is me") || !strings.Contains(got, "security key") {
			t.Errorf("after the crash: %q", got)
		}
		r.motion.onNotify = nil
	})
}
