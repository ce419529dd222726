package engine_test

import (
	"bytes"
	"context"
	"slices"
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

// chatRig is a bridge whose channel has keys of encrypted chat.
func chatRig(t *testing.T, change ...func(*rig)) *rig {
	t.Helper()
	all := append([]func(*rig){func(r *rig) {
		r.x.people["annlee"] = bridge.Person{ID: customerID, Handle: "annlee", Name: "Ann Lee"}
		r.chat = newFakeChat(t)
		r.chatKeys = r.chat.brandKeys
	}}, change...)
	r := newRig(t, all...)
	r.until("X told whose the keys are", time.Minute, func() bool { return r.chatState() == bridge.ChatReady || len(change) > 0 })
	return r
}

// inChat runs a test beside the others, by a clock of its own, with a channel that has keys.
func inChat(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { test(t, chatRig(t)) })
}

func (r *rig) chatState() string {
	s, err := r.Status(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Channels[0].Chat.State
}

func (r *rig) untilBodies(n int) []string {
	r.t.Helper()
	r.until("messages in Motion", time.Minute, func() bool { return len(r.motion.bodies()) >= n })
	time.Sleep(time.Second)
	if bodies := r.motion.bodies(); len(bodies) != n {
		r.t.Fatalf("%d messages in Motion, want %d: %q", len(bodies), n, bodies)
	}
	return r.motion.bodies()
}

func TestEncryptedMessagesReachTheAgent(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		first := r.chat.write(xchat.Draft{Text: "Grüße aus München 🙂"})
		r.receive(chatBody(first, change), chatBody(first, change))
		r.untilBodies(1)
		second := r.chat.write(xchat.Draft{Text: "and more"})
		r.receive(chatBody(second, ""))
		bodies := r.untilBodies(2)
		if want := []string{"Grüße aus München 🙂", "and more"}; !slices.Equal(bodies, want) {
			t.Errorf("%q, want %q", bodies, want)
		}
		list, _ := r.List(t.Context(), bridge.Filter{Kind: bridge.KindChat, State: bridge.Delivered})
		if len(list) != 2 || list[0].From != "annlee" || list[0].To != "acme" || list[0].Text != "and more" {
			t.Errorf("%+v", list)
		}
		s, _ := r.Status(t.Context())
		if c := s.Channels[0].Chat; c.Conversations != 1 || c.Unreadable != 0 || c.Fingerprint != r.chatKeys.Fingerprint() {
			t.Errorf("%+v", c)
		}
	})
}

func TestAForgeryIsNeverACustomersWord(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		forger := r.chat.customer
		forger.Keys = keytest.Private(t)
		post, err := forger.Message(r.chat.thread, xchat.Draft{Text: "send me the money"})
		if err != nil {
			t.Fatal(err)
		}
		r.chat.mu.Lock()
		event := r.chat.take(customerID, post)
		r.chat.mu.Unlock()
		r.receive(chatBody(event, change))
		bodies := r.untilBodies(1)
		if strings.Contains(bodies[0], "money") || !strings.Contains(bodies[0], "authenticity") {
			t.Errorf("%q", bodies)
		}
		d := r.message(bridge.In)
		if d.State != bridge.Dead || d.Kind != bridge.KindEncrypted || d.Failure == nil || strings.Contains(d.Text, "money") {
			t.Errorf("%+v %+v", d, d.Failure)
		}
	})
}

func TestWhatCannotBeOpenedYetIsOpenedByItself(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.chat.mu.Lock()
		r.chat.hideChanges = true
		r.chat.mu.Unlock()
		event := r.chat.write(xchat.Draft{Text: "are you there?"})
		r.receive(chatBody(event, ""))
		bodies := r.untilBodies(1)
		if !strings.Contains(bodies[0], "encrypted message") {
			t.Errorf("%q", bodies)
		}
		next := r.chat.write(xchat.Draft{Text: "hello?"})
		r.receive(chatBody(next, change)) // the key comes along with the next message
		r.until("both", time.Minute, func() bool { return len(r.motion.bodies()) == 3 })
		all := strings.Join(r.motion.bodies(), "\n")
		if !strings.Contains(all, "are you there?") || !strings.Contains(all, "hello?") || !strings.Contains(all, "only now") {
			t.Errorf("%q", all)
		}
		list, _ := r.List(t.Context(), bridge.Filter{Kind: bridge.KindEncrypted})
		if len(list) != 0 {
			t.Errorf("%d are still called encrypted", len(list))
		}
		time.Sleep(time.Hour)
		if n := len(r.motion.bodies()); n != 3 {
			t.Errorf("%d messages after an hour", n)
		}
	})
}

func TestMessagesFromBeforeTheKeysAreNotPushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.people["annlee"] = bridge.Person{ID: customerID, Handle: "annlee", Name: "Ann Lee"}
			r.chat = newFakeChat(t)
		})
		change := r.chat.begin()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "an old secret"}), change))
		r.untilBodies(1)
		time.Sleep(time.Minute)
		r.chatKeys = r.chat.brandKeys
		r.Accounts().Replace(t.Context(), r.channel())
		r.until("ready", time.Minute, func() bool { return r.chatState() == bridge.ChatReady })
		time.Sleep(time.Hour)
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "a new one"}), ""))
		bodies := r.untilBodies(2)
		if strings.Contains(bodies[0], "secret") || bodies[1] != "a new one" {
			t.Errorf("%q", bodies)
		}
	})
}

func TestEncryptedFilesReachTheAgent(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		picture := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("x"), 3000)...)
		good := r.chat.attach("../../evil/holiday.png", picture, wire.MediaImage)
		cut := r.chat.attach("cut.png", picture, wire.MediaImage)
		r.chat.mu.Lock()
		r.chat.files[cut.HashKey] = r.chat.files[cut.HashKey][:1065]
		r.chat.mu.Unlock()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "look", Files: []wire.Media{good, cut}}), change))
		bodies := r.untilBodies(2)
		if !strings.HasPrefix(bodies[0], "look\n[The customer also sent a picture, which is missing here") || bodies[1] != "holiday.png" {
			t.Errorf("%q", bodies)
		}
		file, err := r.File(t.Context(), r.message(bridge.In).ID, 0)
		if err != nil || !bytes.Equal(file.Data, picture) {
			t.Errorf("%d bytes, %v", len(file.Data), err)
		}
	})
}

func TestWhatWasMissedIsFetchedByConversation(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "0"}), change))
		r.untilBodies(1)
		for i := range 25 { // nobody tells of them
			r.chat.write(xchat.Draft{Text: string(rune('a' + i))})
			time.Sleep(time.Second)
		}
		last := r.chat.write(xchat.Draft{Text: "z"})
		r.receive(chatBody(last, "")) // it does not follow the one before
		r.untilBodies(27)
		got := r.motion.bodies()
		slices.Sort(got)
		if strings.Join(got, "") != "0abcdefghijklmnopqrstuvwxyz"[:26]+"z" {
			t.Errorf("%q", got)
		}
		r.chat.write(xchat.Draft{Text: "unnoticed"})
		r.until("the next pass", 15*time.Minute, func() bool { return slices.Contains(r.motion.bodies(), "unnoticed") })
		calls := r.chat.called("events")
		time.Sleep(6 * time.Hour)
		if n := r.chat.called("events") - calls; n > 2 {
			t.Errorf("%d pages were asked for although nothing had changed", n)
		}
	})
}

func TestStatesOfTheKeys(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		change func(*rig)
		want   string
	}{
		"another account's": {func(r *rig) { r.chatKeys = keytest.Private(r.t) }, bridge.ChatWrongKeys},
		"no record":         {func(r *rig) { r.chat.records[brandID] = nil }, bridge.ChatNoRecord},
		"newer at X":        {func(r *rig) { r.chat.register(brandID, keytest.Private(r.t), "1999001112223") }, bridge.ChatWrongKeys},
		"read only":         {func(r *rig) { r.chatKeys, _ = keys.ParsePrivate(reveal(r.t, r.chat.brandKeys)[:32]) }, bridge.ChatReadOnly},
		"another login": {func(r *rig) {
			r.chat.onFetch = func(string) error {
				return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "X wants OAuth 2.0", Code: bridge.CodeLogin + "403"}
			}
		}, bridge.ChatNeedsLogin},
		"no credits": {func(r *rig) {
			r.chat.onFetch = func(string) error {
				return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "no credits", Code: "402"}
			}
		}, bridge.ChatDegraded},
		"none": {func(r *rig) { r.chatKeys = keys.Private{} }, bridge.ChatOff},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := chatRig(t, one.change)
				r.until(one.want, time.Minute, func() bool { return r.chatState() == one.want })
				time.Sleep(time.Hour)
				s, _ := r.Status(t.Context())
				if c := s.Channels[0].Chat; c.State != one.want || (c.Detail == "") != (one.want == bridge.ChatOff) {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}
