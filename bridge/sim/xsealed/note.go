package xsealed

import (
	"slices"
	"strconv"

	"perch/bridge/sim/media"
	"perch/bridge/xchat/thrift"
	"perch/bridge/xchat/wire"
)

// Note is what somebody writes in encrypted chat. Exactly one of its parts is used, but for Text and what goes with it.
// Messages are named by their message ids.
type Note struct {
	Text  string
	Files []media.File
	// Quote is the message that is answered.
	Quote string
	// Edit, React, Unreact and Delete are the message that is changed, reacted to or deleted; Clear is one that is deleted from
	// the writer's own view, of which nobody else hears. The emoji is Text.
	Edit, React, Unreact, Delete, Clear string
	// Share is the id of a post that is passed on, Link a link with a card.
	Share, Link string
	// Forged is signed with keys that are nobody's.
	Forged bool
}

// Write has somebody write to somebody else in encrypted chat, through the X app, and returns the message id. A conversation
// gets a key first where it has none, or where one of the two has got other keys. Who has not set up chat does it then.
func (x *Chats) Write(fromID, toID string, n Note) string {
	x.Lock()
	defer x.Unlock()
	t := x.open(fromID, toID)
	switch {
	case n.Delete != "":
		return x.erase(t, fromID, n.Delete, true).MessageID
	case n.Clear != "":
		return x.erase(t, fromID, n.Clear, false).MessageID
	case n.Forged:
		e := x.seal(t, fromID, x.entry(t, n).Encode())
		x.forge(t, e)
		x.tell(t, x.keep(t, e))
		return e.MessageID
	}
	return x.say(t, fromID, x.entry(t, n)).MessageID
}

// ChatFrom is Write for a text, and returns the event.
func (x *Chats) ChatFrom(fromID, toID, text string) Event {
	x.Lock()
	defer x.Unlock()
	t := x.open(fromID, toID)
	return *x.say(t, fromID, x.entry(t, Note{Text: text}))
}

// entry is what a note says.
func (x *Chats) entry(t *talk, n Note) wire.Entry {
	switch {
	case n.Edit != "":
		return wire.Entry{Kind: wire.EntryEdit, Edit: wire.Edit{SequenceID: t.sequenceOf(n.Edit), Text: n.Text}}
	case n.React != "":
		return wire.Entry{Kind: wire.EntryReaction, Reaction: wire.Reaction{SequenceID: t.sequenceOf(n.React), Emoji: n.Text}}
	case n.Unreact != "":
		return wire.Entry{Kind: wire.EntryReactionRemove, Reaction: wire.Reaction{SequenceID: t.sequenceOf(n.Unreact), Emoji: n.Text}}
	}
	text := wire.Text{Text: n.Text}
	for _, f := range n.Files {
		text.Attachments = append(text.Attachments, wire.Attachment{Kind: wire.AttachmentMedia, Media: x.hide(t, f)})
	}
	if n.Share != "" {
		text.Attachments = append(text.Attachments, wire.Attachment{Kind: wire.AttachmentPost, URL: "https://x.com/i/status/" + n.Share, PostID: n.Share})
	}
	if n.Link != "" {
		text.Attachments = append(text.Attachments, wire.Attachment{Kind: wire.AttachmentURL, URL: n.Link, Title: "A page"})
	}
	if n.Quote != "" {
		text.Preview = x.preview(t, n.Quote)
	}
	return wire.Entry{Kind: wire.EntryText, Text: text}
}

// erase deletes a message: for everybody, or from the own view.
func (x *Chats) erase(t *talk, from, messageID string, forAll bool) *Event {
	d := wire.Delete{SequenceIDs: []string{t.sequenceOf(messageID)}, Action: 1}
	e := &Event{MessageID: newUUID(), SenderID: from, kind: wire.KindDelete}
	if forAll {
		d.Action = 2
	} else {
		e.hiddenFor = other(t.id, from)
	}
	e.detail = wire.Detail{Kind: wire.KindDelete, Delete: d}.Encode()
	e.signature = x.sign(from, slices.Concat([]string{"MessageDeleteEvent", e.MessageID, from, t.id, strconv.Itoa(int(d.Action))}, d.SequenceIDs)...)
	x.tell(t, x.keep(t, e))
	return e
}

// Typed has somebody type, which is told and not kept.
func (x *Chats) Typed(fromID, toID string) {
	x.Lock()
	defer x.Unlock()
	t := x.open(fromID, toID)
	var w thrift.Writer
	w.Text(1, t.id)
	x.tell(t, x.stamp(t, &Event{MessageID: newUUID(), SenderID: fromID, kind: wire.KindTyping, detail: union(int16(wire.KindTyping), w.Done())}))
}

// Seen has somebody mark what came until a message as read.
func (x *Chats) Seen(fromID, toID, messageID string) {
	x.Lock()
	defer x.Unlock()
	t, at := x.open(fromID, toID), x.Now().UnixMilli()
	until := t.sequenceOf(messageID)
	var w thrift.Writer
	w.Text(1, until)
	w.I64(2, at)
	e := &Event{MessageID: newUUID(), SenderID: fromID, kind: wire.KindRead, detail: union(int16(wire.KindRead), w.Done())}
	e.signature = x.sign(fromID, "MarkConversationReadEvent", e.MessageID, fromID, t.id, until, decimal(at))
	x.tell(t, x.keep(t, e))
}

// Junk tells an account of an event of encrypted chat as it is given, whatever it holds.
func (x *Chats) Junk(kind, account, id string, payload map[string]any) {
	x.Lock()
	defer x.Unlock()
	x.TellChat(kind, account, id, x.Now(), payload)
}

// RotateChatKey has somebody give a conversation a new key, of which nobody is told before the next message.
func (x *Chats) RotateChatKey(fromID, toID string) {
	x.Lock()
	defer x.Unlock()
	x.enabled(fromID)
	x.enabled(toID)
	x.rotate(x.talk(fromID, toID), fromID)
}
