package e2e

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xsealed"
)

// chatBox is a running relay that has the brand's keys of encrypted chat; Ann has keys, too.
func chatBox(t *testing.T, change ...func(*box)) *box {
	t.Helper()
	b := newBox(t, change...)
	b.setSecret("x.chat_keys", b.x.EnableChat(brandID))
	b.x.EnableChat(annID)
	b.start()
	b.until("the keys are found good", func() bool { return b.status().Channels[0].Chat.State == "ready" })
	return b
}

// letters are the texts that Ann has read.
func (b *box) letters() []string {
	var all []string
	for _, l := range b.x.Letters(annID) {
		all = append(all, l.Text)
	}
	return all
}

func TestEncryptedConversation(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.Write(annID, brandID, sim.Note{Text: "Grüße 🙂, look", Files: []media.File{media.SamplePNG()}})
	m := b.awaitMotion(2)
	if m[0].From != "annlee" || m[0].Body != "Grüße 🙂, look" || m[0].ThreadID != "" {
		t.Errorf("%+v", m)
	}
	if files := b.motion.Attachments(); len(files) != 1 || !bytes.Equal(files[0].Data, media.SamplePNG().Data) {
		t.Errorf("the picture is not in Motion: %d", len(files))
	}
	if r := b.reply(m[0].Interaction, motionsim.Reply{Text: "Hi Ann"}); r.Status != 200 || !strings.Contains(r.Body, `"sent"`) {
		t.Errorf("%+v", r)
	}
	if got := b.letters(); !slices.Equal(got, []string{"Hi Ann"}) {
		t.Errorf("Ann reads %q", got)
	}
	for _, kind := range []string{"in", "out"} {
		list := b.traffic("--direction", kind)
		if len(list) != 1 || list[0].Kind != "chat" || list[0].State != "delivered" {
			t.Errorf("%+v", list)
		}
	}
	c := b.status().Channels[0].Chat
	if c.Fingerprint == "" || c.Conversations != 1 || c.Unreadable != 0 {
		t.Errorf("%+v", c)
	}
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}

func TestWhatElseCustomersDoInEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	first := b.x.Write(annID, brandID, sim.Note{Text: "one"})
	b.awaitMotion(1)
	for _, n := range []sim.Note{
		{Text: "an answer", Quote: first},
		{Text: "uno", Edit: first},
		{Text: "👍", React: first},
		{Delete: first},
		{Text: "see", Link: "https://a.example/x"},
		{Text: "and", Share: "1795000000000000001"},
	} {
		b.x.Write(annID, brandID, n)
	}
	b.x.Typed(annID, brandID)
	m := b.awaitMotion(7)
	want := []string{
		"[In reply to the customer's “one”]\nan answer", "[The customer changed an earlier message to:]\nuno",
		"[The customer reacted to a message with 👍]", "[The customer deleted a message on X.]", "see\nhttps://a.example/x",
		"and\nhttps://x.com/i/status/1795000000000000001",
	}
	for i, body := range want {
		if m[i+1].Body != body {
			t.Errorf("%q, want %q", m[i+1].Body, body)
		}
	}
	b.x.Write(annID, brandID, sim.Note{Text: "your money", Forged: true})
	m = b.awaitMotion(8)
	if strings.Contains(m[7].Body, "money") || !strings.Contains(m[7].Body, "authenticity") {
		t.Errorf("%q", m[7].Body)
	}
}

func TestAnswersLostInEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.Write(annID, brandID, sim.Note{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "chat.send", 1
	b.x.Fault(lost)
	b.reply(interaction, motionsim.Reply{Text: "taken, answer lost"})
	b.until("delivered", func() bool { return b.traffic("--direction", "out")[0].State == "delivered" })
	never := fault.Fault{Endpoint: "chat.send", Status: 503, Times: 1}
	b.x.Fault(never)
	b.reply(interaction, motionsim.Reply{Text: "not taken, then taken"})
	b.until("both delivered", func() bool { return b.traffic("--direction", "out")[0].State == "delivered" })
	b.x.Fault(fault.Fault{Endpoint: "chat.send", Status: 503, After: true, Times: 1})
	b.reply(interaction, motionsim.Reply{Text: "taken, and refused"})
	b.until("all delivered", func() bool { return b.traffic("--direction", "out")[0].State == "delivered" })
	time.Sleep(time.Second)
	if got := b.letters(); !slices.Equal(got, []string{"taken, answer lost", "not taken, then taken", "taken, and refused"}) {
		t.Errorf("Ann reads %q", got)
	}
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}

func TestEncryptedMessagesOfATimeAway(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"stream", "poll"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := chatBox(t, func(b *box) { b.mode = mode })
			want := []string{"1", "2", "3"}
			if mode != "poll" { // which asks every 75 s
				b.x.Write(annID, brandID, sim.Note{Text: "0"})
				b.awaitMotion(1)
				b.awaitNoted(1) // killed before, Perch hands the message on again
				want = append([]string{"0"}, want...)
			}
			b.kill(syscall.SIGKILL)
			b.x.ChangeChat(func(o *xsealed.Options) { o.Silent = true })
			for _, text := range []string{"1", "2", "3"} {
				b.x.Write(annID, brandID, sim.Note{Text: text})
			}
			b.start()
			b.awaitMotion(len(want))
			if got := b.bodies(); !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestChangedKeysInEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t)
	b.x.Write(annID, brandID, sim.Note{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.x.RotateChatKey(annID, brandID) // of which nobody tells
	b.reply(interaction, motionsim.Reply{Text: "after a new key"})
	b.x.EnableChat(annID) // a new phone
	b.reply(interaction, motionsim.Reply{Text: "after a new phone"})
	b.until("both", func() bool { return len(b.letters()) == 2 })
	b.x.Write(annID, brandID, sim.Note{Text: "it is me"})
	b.until("told once", func() bool {
		return slices.ContainsFunc(b.bodies(), func(s string) bool { return strings.Contains(s, "security key of @annlee") })
	})
	b.x.EnableChat(brandID) // the brand's keys are reset in the app
	b.x.Write(annID, brandID, sim.Note{Text: "with keys that Perch does not have"})
	b.until("a notice", func() bool {
		return slices.ContainsFunc(b.bodies(), func(s string) bool { return strings.Contains(s, "sent an encrypted message") })
	})
	b.until("the state says so", func() bool {
		return b.status().Channels[0].Chat.State == "wrong_keys"
	})
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}
