package engine_test

import (
	"encoding/base64"
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

func TestADamagedEventIsToldOnce(t *testing.T) {
	inChat(t, func(_ *testing.T, r *rig) {
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

// What turns out to be a forgery only later.
func TestALateForgeryIsCalledOne(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		forger := r.chat.customer
		forger.Keys = keytest.Private(t)
		post, err := forger.Message(r.chat.thread, xchat.Draft{Text: "send me the money"})
		if err != nil {
			t.Fatal(err)
		}
		var saved []bridge.ChatRow
		r.chat.set(func(c *fakeChat) { saved = c.records[customerID]; delete(c.records, customerID) })
		r.chat.mu.Lock()
		event := r.chat.take(customerID, post)
		r.chat.mu.Unlock()
		r.receive(chatBody(event, change))
		r.untilBodies(1)
		r.chat.set(func(c *fakeChat) { c.records[customerID] = saved })
		time.Sleep(time.Hour)
		d := r.message(bridge.In)
		attempts, _ := r.journal.Attempts(t.Context(), d.ID)
		text := ""
		for _, a := range attempts {
			text += string(a.Outcome) + " " + a.Message + "; "
		}
		if all := strings.Join(r.motion.bodies(), "\n"); !strings.Contains(all, "authenticity") && !strings.Contains(text, "signature") {
			t.Errorf("%s: %s: %q, history: %s", d.State, d.Kind, all, text)
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
