package xsealed

import (
	"bytes"
	"encoding/base64"
	"io"

	"perch/bridge/xchat"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

// keepMessage makes the event of a posted message, and tells of it. The caller has the lock.
func (c *Chats) keepMessage(t *talk, sender string, post xchat.MessagePost) *event {
	e := frame(post.Signature)
	e.MessageID, e.SenderID = post.MessageID, sender
	kept := c.keep(t, e, append(append([]byte{0x0c, 0, 1}, decode(post.Event)...), 0), xchat.PeekMessage)
	c.deliver(t, kept)
	return kept
}

// frame is an event that holds nothing but its signature.
func frame(signature string) wire.Event {
	e, err := wire.ParseEvent(append(append([]byte{0x0c, 0, 9}, decode(signature)...), 0))
	if err != nil {
		panic(err) // it was checked before, or made here
	}
	return e
}

// keepAction makes the event of what is no message. The caller has the lock.
func (c *Chats) keepAction(t *talk, sender string, a xchat.ActionSignature, what string) *event {
	e := wire.Event{MessageID: a.MessageID, SenderID: sender, Signature: &wire.Signature{
		Signature: a.Signature.Signature, KeyVersion: a.Signature.KeyVersion, Version: a.Signature.Version,
	}}
	kept := c.keep(t, e, decode(a.Detail), what)
	if what != xchat.PeekKeyChange {
		c.deliver(t, kept)
	}
	return kept
}

func (c *Chats) keep(t *talk, e wire.Event, detail []byte, what string) *event {
	previous := ""
	if len(t.events) > 0 {
		previous = t.events[len(t.events)-1].sequence
	}
	at := c.x.Now()
	e.SequenceID, e.PreviousID, e.ConversationID, e.CreatedAt, e.IsTrusted = c.x.NewID(), previous, string(t.id), milli(at), !c.options.Requests
	if !c.options.NoToken {
		e.Token = "eyJhbGciOiJIUzI1NiJ9.c2lt." + e.SequenceID
	}
	kept := &event{
		sequence: e.SequenceID, previous: previous, messageID: e.MessageID, sender: e.SenderID, what: what, at: at, keyVersion: t.key,
		encoded: base64.StdEncoding.EncodeToString(e.Encode(detail)),
	}
	t.events = append(t.events, kept)
	return kept
}

// deliver has the simulated people read a message, and tells the accounts of it. The caller has the lock.
func (c *Chats) deliver(t *talk, e *event) {
	left, right := split(t.id)
	for _, id := range []string{left, right} {
		p := c.people[id]
		if p != nil && id != e.sender {
			c.readBy(p, t, e)
		}
		if c.x.FindAccount(id) == nil {
			continue
		}
		switch {
		case id == e.sender && c.x.Options().Echo:
			c.tell("chat.sent", id, t, e)
		case id != e.sender && !c.options.Silent:
			c.tell("chat.received", id, t, e)
		}
	}
}

// readBy has somebody open a message as the X app would: what fails is not read.
func (c *Chats) readBy(p *person, t *talk, e *event) {
	m, ok := c.reader(p).Open(e.encoded, xchat.Origin{Conversation: string(t.id), SenderID: e.sender}).(*xchat.Message)
	if !ok {
		return
	}
	letter := Letter{From: e.sender, Text: m.Text}
	for _, a := range m.Attachments {
		if f := c.files[a.Media.HashKey]; f != nil {
			letter.Files = append(letter.Files, c.plain(t, m.KeyVersion, f.data, a.Media.Size))
		}
	}
	p.read = append(p.read, letter)
}

// plain decrypts a file; nil when it is not whole and authentic.
func (c *Chats) plain(t *talk, version string, sealed []byte, size int64) []byte {
	var key [stream.KeySize]byte
	copy(key[:], t.ring[version].Reveal())
	data, err := io.ReadAll(stream.Open(&key, bytes.NewReader(sealed), size))
	if err != nil {
		return nil
	}
	return data
}

// tell makes the event of X's Activity API. The caller has the lock.
func (c *Chats) tell(kind, account string, t *talk, e *event) {
	payload := map[string]any{
		"id": e.messageID, "created_at_msec": milli(e.at), "sender_id": e.sender, "conversation_id": c.form(t.id),
		"conversation_key_version": e.keyVersion, "encoded_event": e.encoded, "conversation_token": "eyJhbGciOiJIUzI1NiJ9.c2lt." + e.sequence,
	}
	if c.options.NoToken {
		delete(payload, "conversation_token")
	}
	if change := t.changeOf[e.keyVersion]; change != "" && !c.options.HideChanges && (!c.options.OnceChanges || !t.told[e.keyVersion]) {
		payload["conversation_key_change_event"], t.told[e.keyVersion] = change, true
	}
	if e.what == xchat.PeekMessage {
		set := c.people[e.sender]
		payload["message_event_signature"] = map[string]any{"signature_version": "7", "public_key_version": set.newest().record.Version()}
	}
	c.x.TellChat(kind, account, e.messageID, e.at, payload)
}

// Junk tells an account of an event of X Chat as it is given, whatever it holds.
func (c *Chats) Junk(kind, account, id string, payload map[string]any) {
	c.x.Lock()
	defer c.x.Unlock()
	c.x.TellChat(kind, account, id, c.x.Now(), payload)
}

// Typed tells an account that somebody types.
func (c *Chats) Typed(fromID, account string) {
	c.x.Lock()
	defer c.x.Unlock()
	t := c.talk(pairOf(fromID, account))
	e := wire.Event{SenderID: fromID, MessageID: xchat.NewID(), ConversationID: string(t.id), CreatedAt: milli(c.x.Now())}
	detail := []byte{0x0c, 0, 6, 0x0b, 0, 1, 0, 0, 0, byte(len(t.id))}
	detail = append(append(detail, t.id...), 0, 0)
	c.x.TellChat("chat.received", account, e.MessageID, c.x.Now(), map[string]any{
		"id": e.MessageID, "sender_id": fromID, "conversation_id": c.form(t.id), "encoded_event": base64.StdEncoding.EncodeToString(e.Encode(detail)),
	})
}
