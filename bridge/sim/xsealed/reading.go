package xsealed

import (
	"bytes"
	"io"
	"slices"
	"time"

	"perch/bridge/sim/media"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

// Reading is a message as the app of its receiver shows it: opened and verified.
type Reading struct {
	SequenceID, MessageID, From string
	At                          time.Time
	// Text is the message's, an edit's new one, or a reaction's emoji; Target is the sequence id that the latter are for.
	Text, Target string
	// Kind is of the content.
	Kind wire.EntryKind
	// ReplyTo is the message id that it answers, and Quote the words of that.
	ReplyTo, Quote string
	Files          []media.File
	// Broken says why a part of it cannot be shown; empty when all can.
	Broken []string
	// ByAPI is set for what a client sent.
	ByAPI bool
}

// ChatRead returns what somebody reads of what somebody else wrote, in order. A message that X has taken once is there once.
func (x *Chats) ChatRead(readerID, writerID string) []Reading {
	x.Lock()
	defer x.Unlock()
	t := x.find(pairID(readerID, writerID))
	if t == nil {
		return nil
	}
	var all []Reading
	for _, e := range t.events {
		if e.SenderID == writerID && e.kind == wire.KindMessage {
			all = append(all, *x.show(t, e))
		}
	}
	return all
}

// ChatTexts are the texts of ChatRead.
func (x *Chats) ChatTexts(readerID, writerID string) []string {
	var all []string
	for _, r := range x.ChatRead(readerID, writerID) {
		all = append(all, r.Text)
	}
	return all
}

// Letter is a message as its receiver has read it: opened and verified, with the plain contents of its files.
type Letter struct {
	From, Text string
	Files      [][]byte
}

// Letters are the messages that somebody has read, of everybody, in order.
func (x *Chats) Letters(personID string) []Letter {
	x.Lock()
	defer x.Unlock()
	var all []Reading
	for _, t := range x.talks {
		if !t.has(personID) {
			continue
		}
		for _, e := range t.events {
			if r := x.show(t, e); e.SenderID != personID && r.Kind == wire.EntryText {
				all = append(all, *r)
			}
		}
	}
	slices.SortFunc(all, func(a, b Reading) int { return compare(a.SequenceID, b.SequenceID) })
	var letters []Letter
	for _, r := range all {
		l := Letter{From: r.From, Text: r.Text}
		for _, f := range r.Files {
			l.Files = append(l.Files, f.Data)
		}
		letters = append(letters, l)
	}
	return letters
}

// show opens a message the first time, and keeps what was found, as an app does.
func (x *Chats) show(t *talk, e *Event) *Reading {
	if e.reading == nil {
		r := x.reading(t, e)
		e.reading = &r
	}
	return e.reading
}

// reading opens a message and verifies it. The key is the one that the receiver's own copy opened to.
func (x *Chats) reading(t *talk, e *Event) Reading {
	r := Reading{SequenceID: e.SequenceID, MessageID: e.MessageID, From: e.SenderID, At: e.At, ByAPI: e.ByAPI}
	broken := func(why string) Reading {
		r.Text, r.Broken = "", append(r.Broken, why)
		return r
	}
	raw, _ := padded(e.Encoded)
	parsed, err := wire.ParseEvent(raw)
	if err != nil || e.signature == nil {
		return broken("the event is damaged")
	}
	u, m := x.users[e.SenderID], parsed.Detail.Message
	if u == nil || u.version(e.signature.keyVersion) == nil || !verifies(u.version(e.signature.keyVersion).signing, e.signature.text,
		"MessageCreateEvent", parsed.MessageID, parsed.SenderID, parsed.ConversationID, m.KeyVersion, b64n(m.Contents)) {
		return broken("the signature does not verify")
	}
	entry, ok := t.opened(e)
	if !ok {
		return broken("it does not open with the key " + e.version)
	}
	r.Kind = entry.Kind
	switch entry.Kind {
	case wire.EntryEdit:
		r.Text, r.Target = entry.Edit.Text, entry.Edit.SequenceID
	case wire.EntryReaction, wire.EntryReactionRemove:
		r.Text, r.Target = entry.Reaction.Emoji, entry.Reaction.SequenceID
	case wire.EntryText:
		x.fill(t, e, entry.Text, &r)
	default:
		return broken("it has content that the app does not know")
	}
	return r
}

// fill adds what a text message has.
func (x *Chats) fill(t *talk, e *Event, text wire.Text, r *Reading) {
	r.Text = text.Text
	for _, a := range text.Attachments {
		if a.Kind != wire.AttachmentMedia {
			continue
		}
		if f, why := x.reveal(t, e, a.Media); why != "" {
			r.Broken = append(r.Broken, why)
		} else {
			r.Files = append(r.Files, f)
		}
	}
	if p := text.Preview; p != nil {
		r.ReplyTo, r.Quote = p.MessageID, p.Text
		if answered := t.event(p.SequenceID); answered == nil || (p.MessageID != "" && answered.MessageID != p.MessageID) {
			r.Broken = append(r.Broken, "it answers a message that is not there")
		}
	}
}

// reveal decrypts a file with the key of the message that carries it.
func (x *Chats) reveal(t *talk, e *Event, says wire.Media) (f media.File, why string) {
	m := x.media[says.HashKey]
	switch {
	case m == nil || !m.IsComplete || m.Conversation != t.id:
		return f, "the file " + says.HashKey + " is not at X"
	case says.Type < wire.MediaImage || says.Type > wire.MediaSVG || says.Filename == "":
		return f, "the file has no type or no name"
	case says.Type <= wire.MediaVideo && (says.Width <= 0 || says.Height <= 0):
		return f, "the picture has no dimensions"
	}
	plain, err := io.ReadAll(stream.Open((*[keySize]byte)(t.change(e.version).key), bytes.NewReader(m.Sealed), says.Size))
	if err != nil {
		return f, "the file " + says.HashKey + " does not open: " + err.Error()
	}
	return media.File{Name: says.Filename, Data: plain}, ""
}
