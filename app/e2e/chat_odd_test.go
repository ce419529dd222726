package e2e

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xsealed"
)

// Whatever somebody sends in the customer's place, nothing of it is ever shown as the customer's words, the good messages
// between arrive once each, and Perch goes on.
func TestOddEventsOfEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.SetLimit("chat.events", 1_000_000, 15*time.Minute)
	b.x.SetLimit("chat.public_keys", 1_000_000, 15*time.Minute)
	want := []string{"first", "second"}
	b.x.Write(annID, brandID, sim.Note{Text: "first"})
	b.x.RotateChatKey(annID, brandID)
	b.x.Write(annID, brandID, sim.Note{Text: "second"})
	for _, kind := range xsealed.Oddities() {
		b.x.ChatOdd(annID, brandID, kind, "odd words: "+kind+".")
		b.x.Write(annID, brandID, sim.Note{Text: "after " + kind})
		want = append(want, "after "+kind)
	}
	for _, text := range want {
		b.until(text, func() bool { return slices.Contains(b.bodies(), text) })
	}
	b.settle()
	for _, kind := range xsealed.Oddities() {
		n, text := 0, "odd words: "+kind+"."
		for _, body := range b.bodies() {
			switch {
			case body == text:
				n++
			case strings.Contains(body, text) && (kind != xsealed.Plain || !strings.Contains(body, "not encrypted")):
				t.Errorf("%s: %q", kind, body)
			}
		}
		isBeside := kind == xsealed.WrongSender || kind == xsealed.WrongPlace // which only a list can set right
		if isGood := xsealed.IsGood(kind); n > 1 || n == 1 && !isGood || n == 0 && isGood && !isBeside {
			t.Errorf("%s: it arrived %d times", kind, n)
		}
	}
	for _, text := range want {
		if n := len(slices.DeleteFunc(b.bodies(), func(s string) bool { return s != text })); n != 1 {
			t.Errorf("%q arrived %d times", text, n)
		}
	}
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}

// What X withholds is opened and delivered once it is there.
func TestWithheldKeysOfEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.Write(annID, brandID, sim.Note{Text: "first"})
	b.awaitMotion(1)
	b.x.WithholdChatKeys(annID, brandID)
	b.x.RotateChatKey(annID, brandID)
	b.x.Write(annID, brandID, sim.Note{Text: "later"})
	b.until("a notice", func() bool { return len(b.bodies()) == 2 })
	b.x.ReleaseChatKeys(annID, brandID)
	b.x.Write(annID, brandID, sim.Note{Text: "last"})
	b.until("what waited", func() bool {
		return slices.Contains(b.bodies(), "last") && slices.ContainsFunc(b.bodies(), func(s string) bool { return strings.Contains(s, "later") })
	})
}

// What the brand's own people write from a phone is no message of a customer's.
func TestBrandWritesFromThePhone(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.Write(annID, brandID, sim.Note{Text: "question"})
	b.awaitMotion(1)
	b.x.Write(brandID, annID, sim.Note{Text: "from the phone"})
	b.x.Write(annID, brandID, sim.Note{Text: "thanks"})
	b.awaitMotion(2)
	if got := b.bodies(); !slices.Equal(got, []string{"question", "thanks"}) {
		t.Errorf("%q", got)
	}
}

// Where X refuses OAuth 1.0a for encrypted chat, an OAuth 2.0 login does it, which renews itself and never shows a used token.
func TestLoginForEncryptedChat(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.x.Change(func(o *sim.XOptions) { o.LoginOnly = []string{"chat"} })
	b.setSecret("x.chat_keys", b.x.EnableChat(brandID))
	access, refresh := b.x.Login(brandID, strings.Fields("dm.read dm.write users.read tweet.read media.write offline.access")...)
	b.setSecret("x.oauth2_client_id", b.x.ClientID(brandID))
	b.setSecret("x.oauth2_access_token", access)
	b.setSecret("x.oauth2_refresh_token", refresh)
	b.start()
	b.x.Write(annID, brandID, sim.Note{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	for _, text := range []string{"one", "two"} {
		b.x.EndAccessTokens()
		b.reply(interaction, motionsim.Reply{Text: text})
		b.until(text, func() bool { return slices.Contains(b.letters(), text) })
	}
	if n := b.x.ReusedRefreshTokens(); n > 0 {
		t.Errorf("%d refresh tokens were shown twice", n)
	}
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}

// A stranger's request is in no event and in no list. Who wrote in public is asked for by name while X says that requests
// wait, and people are told to look.
func TestRequestsOfStrangersInEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.Post(annID, sim.Post{Text: "@acme_support please look at your messages"})
	b.awaitMotion(1)
	b.kill(syscall.SIGTERM)
	b.x.AskChat(annID, brandID)
	b.x.Write(annID, brandID, sim.Note{Text: "my order number is 77"})
	b.start()
	b.until("the request", func() bool { return slices.Contains(b.bodies(), "my order number is 77") })
	b.until("a word about requests", func() bool {
		return strings.Contains(b.status().Channels[0].Chat.Detail, "has not accepted")
	})
	if r := b.reply(b.motion.Open("annlee", ""), motionsim.Reply{Text: "thank you"}); r.Status != 200 {
		t.Errorf("%+v", r)
	}
	if got := b.letters(); !slices.Equal(got, []string{"thank you"}) {
		t.Errorf("Ann reads %q", got)
	}
}
