package xsealed

import (
	"bytes"
	"encoding/base64"
	"io"

	"perch/bridge/sim/media"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

// Note is what a simulated person writes in encrypted chat. Exactly one of its parts is used, but for Text and Files.
type Note struct {
	Text  string
	Files []media.File
	// Quote is the id of the message that is answered.
	Quote string
	// Edit, React, Delete are the id of the message that is changed, reacted to or deleted.
	Edit, React, Delete string
	// Share is the id of a post that is passed on, Link a link with a card.
	Share, Link string
	// Forged is signed with keys that are nobody's.
	Forged bool
}

// Write has somebody write to somebody else in encrypted chat, through the X app, and returns the message id. The
// conversation gets a key first where it has none, or where the other side has got other keys. Both have chat enabled.
func (c *Chats) Write(fromID, toID string, n Note) string {
	c.x.Lock()
	defer c.x.Unlock()
	from, t := c.people[fromID], c.talk(pairOf(fromID, toID))
	if t.key == "" || t.wrapped[toID] != c.people[toID].newest().record.Version() || t.wrapped[fromID] != from.newest().record.Version() {
		c.rotate(t, from, c.people[toID])
	}
	w, thread := from.writer(), c.thread(t)
	if n.Delete != "" {
		return c.deleted(t, w, n.Delete)
	}
	post, err := c.compose(t, w, thread, n)
	if err != nil {
		panic(err) // a mistake of the test
	}
	if n.Forged {
		w.Keys = newSet("1").private
		if post, err = w.Message(thread, xchat.Draft{Text: n.Text}); err != nil {
			panic(err)
		}
	}
	c.keepMessage(t, fromID, post)
	return post.MessageID
}

func (c *Chats) thread(t *talk) xchat.Thread {
	return xchat.Thread{Conversation: t.id, Key: t.ring[t.key], KeyVersion: t.key}
}

func (c *Chats) compose(t *talk, w *xchat.Writer, thread xchat.Thread, n Note) (xchat.MessagePost, error) {
	switch {
	case n.Edit != "":
		return w.Edit(thread, t.sequenceOf(n.Edit), n.Text)
	case n.React != "":
		return w.React(thread, t.sequenceOf(n.React), n.Text, false)
	}
	draft := xchat.Draft{Text: n.Text}
	for _, f := range n.Files {
		draft.Files = append(draft.Files, c.attach(t, f))
	}
	if n.Quote != "" {
		draft.Answer = c.answered(t, w.OwnID, n.Quote)
	}
	if n.Share+n.Link != "" {
		return c.shared(w, thread, n)
	}
	return w.Message(thread, draft)
}

// shared makes a message with a link or a post beside its text, which the account's own writer never does.
func (c *Chats) shared(w *xchat.Writer, thread xchat.Thread, n Note) (xchat.MessagePost, error) {
	a := wire.Attachment{Kind: wire.AttachmentPost, PostID: n.Share, URL: "https://x.com/i/status/" + n.Share}
	if n.Link != "" {
		a = wire.Attachment{Kind: wire.AttachmentURL, URL: n.Link, Title: "A page"}
	}
	return w.Seal(thread, wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: n.Text, Attachments: []wire.Attachment{a}}})
}

// attach keeps a file of somebody's, encrypted with the conversation's key.
func (c *Chats) attach(t *talk, f media.File) wire.Media {
	var key [stream.KeySize]byte
	copy(key[:], t.ring[t.key].Reveal())
	sealed, err := io.ReadAll(stream.Seal(&key, bytes.NewReader(f.Data)))
	if err != nil {
		panic(err) // from memory
	}
	hash := "c" + c.x.NewID()
	c.files[hash] = &file{talk: t.id, data: sealed}
	kind := map[string]wire.MediaType{"image/gif": wire.MediaGIF, "video/mp4": wire.MediaVideo}[f.Type]
	if kind == 0 {
		kind = wire.MediaImage
	}
	return wire.Media{HashKey: hash, Type: kind, Width: 640, Height: 480, Size: int64(len(f.Data)), AttachmentID: xchat.NewID()}
}

func (t *talk) find(messageID string) *event {
	for _, e := range t.events {
		if e.messageID == messageID {
			return e
		}
	}
	panic("xsealed: there is no message " + messageID) // a mistake of the test
}

func (t *talk) sequenceOf(messageID string) string { return t.find(messageID).sequence }

func (c *Chats) answered(t *talk, by, messageID string) *xchat.Answered {
	e := t.find(messageID)
	found, ok := c.reader(c.people[by]).Open(e.encoded, xchat.Origin{}).(*xchat.Message)
	if !ok {
		panic("xsealed: only a message can be answered")
	}
	return &xchat.Answered{Message: found, Event: e.encoded, KeyChange: t.changeOf[found.KeyVersion]}
}

func (c *Chats) deleted(t *talk, w *xchat.Writer, messageID string) string {
	post, err := w.Delete(t.id, []string{t.sequenceOf(messageID)}, true)
	if err != nil {
		panic(err)
	}
	c.keepAction(t, w.OwnID, post.Signatures[0], "deletion")
	return post.Signatures[0].MessageID
}

// RotateChatKey has somebody give a conversation a new key.
func (c *Chats) RotateChatKey(fromID, toID string) {
	c.x.Lock()
	defer c.x.Unlock()
	c.rotate(c.talk(pairOf(fromID, toID)), c.people[fromID], c.people[toID])
}

// rotate gives a conversation a new key, made by one of the two. The caller has the lock.
func (c *Chats) rotate(t *talk, by, other *person) {
	post, thread, err := by.writer().KeyChange(t.id, []xchat.Participant{
		{UserID: by.id, Record: by.newest().record}, {UserID: other.id, Record: other.newest().record},
	}, c.x.Now(), t.key)
	if err != nil {
		panic(err)
	}
	c.takeKey(t, by.id, post, thread.Key)
}

// takeKey makes a key the conversation's newest. The caller has the lock.
func (c *Chats) takeKey(t *talk, by string, post xchat.KeysPost, key keys.Conversation) *event {
	t.key, t.ring[post.Version] = post.Version, key
	for _, p := range post.Participants {
		t.wrapped[p.UserID] = p.KeyVersion
	}
	e := c.keepAction(t, by, post.Signatures[0], "key change")
	t.changeOf[post.Version] = e.encoded
	return e
}

func decode(text string) []byte {
	raw, _ := base64.StdEncoding.DecodeString(text) // checked, or made here
	return raw
}
