package xchat_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

// FuzzOpen gives an event as X would: nothing may come out of it that nobody has signed.
func FuzzOpen(f *testing.F) {
	g := readGolden(f)
	readers, ring := g.readers(f)
	signed := map[string]bool{}
	for _, e := range g.Events {
		found := readers[0].Open(e.Event, xchat.Origin{})
		if change, ok := found.(*xchat.KeyChange); ok {
			ring[change.Conversation][change.KeyVersion] = change.Reading()
		}
		signed[found.About().SenderID+" "+found.About().MessageID] = true
		if len(e.Event) < 4000 {
			f.Add(decode(f, e.Event))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		found := readers[0].Open(base64.StdEncoding.EncodeToString(raw), xchat.Origin{})
		m := found.About()
		switch v := found.(type) {
		case *xchat.Message, *xchat.Edit, *xchat.Reaction, *xchat.Delete, *xchat.Notice:
			if !signed[m.SenderID+" "+m.MessageID] {
				t.Errorf("a forgery: %+v", found)
			}
		case *xchat.KeyChange:
			if _, ok := v.Sending(); ok && !signed[m.SenderID+" "+m.MessageID] {
				t.Errorf("a forged change of keys: %+v", v)
			}
		case *xchat.Refused:
			if v.Reason.String() == "it was refused" {
				t.Error("refused without a reason")
			}
		}
		if m.Conversation != "" && !m.Conversation.Has(m.SenderID) {
			if _, ok := found.(*xchat.Refused); !ok {
				t.Errorf("somebody who takes no part: %+v", found)
			}
		}
	})
}

// FuzzEntry gives what is inside a message, which its sender may choose freely.
func FuzzEntry(f *testing.F) {
	k := newTalk(f)
	f.Add(wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: "Grüße 🙂", Links: []wire.Span{{Start: 0, End: 3}}, Attachments: []wire.Attachment{
		{Kind: wire.AttachmentMedia, Media: wire.Media{HashKey: "Ab", Type: wire.MediaImage, Width: 3, Filename: "../a.png", Duration: 5}},
		{Kind: wire.AttachmentURL, URL: "https://a.b", Title: "t"},
		{Kind: wire.AttachmentPost, PostID: "1", URL: "https://x.com/1"},
	}}}.Encode())
	event := decode(f, k.say(f, k.customer, "1", "first"))
	f.Add(wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: "re", Preview: &wire.Preview{SenderID: number(customerID), Text: "first", Event: event, Edit: event, KeyChanges: [][]byte{event}}}}.Encode())
	f.Add(wire.Entry{Kind: wire.EntryEdit, Edit: wire.Edit{SequenceID: "1", Text: "x"}}.Encode())
	f.Add(wire.Entry{Kind: wire.EntryReaction, Reaction: wire.Reaction{SequenceID: "1", Emoji: "x"}}.Encode())
	f.Fuzz(func(t *testing.T, entry []byte) {
		found := k.brand.Open(signedEntry(t, k, entry), xchat.Origin{})
		switch v := found.(type) {
		case *xchat.Message:
			if v.Reply != nil && v.Reply.Quote != nil && v.Reply.Quote.Text != "first" {
				t.Errorf("a quote that nobody has signed: %+v", v.Reply.Quote)
			}
		case *xchat.Edit, *xchat.Reaction, *xchat.Notice, *xchat.Ignored:
		case *xchat.Refused:
			if v.Reason != xchat.BadContent {
				t.Errorf("refused as %v", v.Reason)
			}
		default:
			t.Errorf("a signed message is %T", found)
		}
	})
}

// FuzzAnswer gives X's answer to a message.
func FuzzAnswer(f *testing.F) {
	k := newTalk(f)
	post, err := k.brand.Message(k.thread, xchat.Draft{Text: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sent(f, brandID, pair, "2080", post))
	f.Add("")
	f.Add(strings.Repeat("A", 100))
	f.Fuzz(func(t *testing.T, answer string) {
		a := xchat.ReadAnswer(answer, post)
		if a.Outcome == xchat.Taken && a.SequenceID == "" || a.Outcome == xchat.Unclear && a != (xchat.Answer{}) {
			t.Errorf("it is %+v", a)
		}
	})
}
