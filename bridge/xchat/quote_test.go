package xchat_test

import (
	"encoding/base64"
	"strconv"
	"testing"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// replyWith sends a reply of the customer's with a preview made by hand.
func replyWith(t *testing.T, k *talk, p wire.Preview) *xchat.Message {
	t.Helper()
	entry := wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: "reply", Preview: &p}}
	return opened[*xchat.Message](t, &k.brand.Reader, signedEntry(t, k, entry.Encode()))
}

// signedEntry is an event of the customer's, with whatever inside.
func signedEntry(t *testing.T, k *talk, entry []byte) string {
	t.Helper()
	contents, err := k.thread.Key.Seal(entry)
	if err != nil {
		t.Fatal(err)
	}
	message := wire.Message{Contents: contents, KeyVersion: k.thread.KeyVersion, IsEncrypted: true}
	payload := "MessageCreateEvent,m-9," + customerID + "," + string(pair) + "," + k.thread.KeyVersion + "," + base64.RawStdEncoding.EncodeToString(contents)
	raw, err := k.customer.Reader.Keys.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	e := wire.Event{
		MessageID: "m-9", SenderID: customerID, ConversationID: string(pair), SequenceID: "9",
		Signature: &wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(raw), KeyVersion: "1765001112223", Version: "7"},
	}
	return base64.StdEncoding.EncodeToString(e.Encode(wire.Detail{Kind: wire.KindMessage, Message: message}.Encode()))
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func TestAQuoteIsVerifiedOrNotThere(t *testing.T) {
	k := newTalk(t)
	original := k.say(t, k.brand, "1", "You get it tomorrow. Not today.")
	m := opened[*xchat.Message](t, &k.customer.Reader, original)
	raw := decode(t, original)
	good := wire.Preview{SenderID: number(brandID), Text: "You get it tomorrow.", SequenceID: "1", MessageID: m.MessageID, Event: raw}
	r := replyWith(t, k, good)
	if r.Reply == nil || r.Reply.Quote == nil || r.Reply.Quote.Text != "You get it tomorrow. Not today." || r.Reply.Quote.SenderID != brandID {
		t.Fatalf("a true beginning is quoted as %+v", r.Reply)
	}
	foreign := newTalk(t)
	elsewhere := k.thread
	elsewhere.Conversation = "g7"
	other, err := k.brand.Message(elsewhere, xchat.Draft{Text: "You get it tomorrow."})
	if err != nil {
		t.Fatal(err)
	}
	k.ring["g7"] = k.ring[pair]
	broken := append([]byte(nil), raw...)
	broken[len(broken)/2] ^= 1
	editOf := func(from *person, target string) []byte {
		post, err := from.Edit(k.thread, target, "You get it tomorrow. Edited")
		if err != nil {
			t.Fatal(err)
		}
		return decode(t, sent(t, from.Writer.OwnID, pair, "3", post))
	}
	for name, change := range map[string]func(p *wire.Preview){
		"no event":             func(p *wire.Preview) { p.Event = nil },
		"an empty event":       func(p *wire.Preview) { p.Event = []byte{0} },
		"a flipped bit":        func(p *wire.Preview) { p.Event = broken },
		"other words":          func(p *wire.Preview) { p.Text = "You get your money back" },
		"more words":           func(p *wire.Preview) { p.Text = m.Text + " Promised." },
		"another author":       func(p *wire.Preview) { p.SenderID = number(customerID) },
		"another message":      func(p *wire.Preview) { p.MessageID = "m-9" },
		"another sequence id":  func(p *wire.Preview) { p.SequenceID = "2" },
		"another conversation": func(p *wire.Preview) { p.MessageID, p.Event = "", decode(t, sent(t, brandID, "g7", "1", other)) },
		"signed by others": func(p *wire.Preview) {
			p.Event = decode(t, foreign.say(t, foreign.brand, "1", m.Text))
			p.MessageID = ""
		},
		"an edit by somebody else":   func(p *wire.Preview) { p.Edit = editOf(k.customer, "1") },
		"an edit of another message": func(p *wire.Preview) { p.Edit = editOf(k.brand, "2") },
		"no edit as edit":            func(p *wire.Preview) { p.Edit = raw },
		"an edit as event":           func(p *wire.Preview) { p.Event, p.MessageID = editOf(k.brand, "1"), "" },
	} {
		p := good
		change(&p)
		if r := replyWith(t, k, p); r.Text != "reply" || r.Reply == nil || r.Reply.Quote != nil {
			t.Errorf("%s: quoted as %+v", name, r.Reply)
		}
	}
	p := good
	p.Edit, p.Text = editOf(k.brand, "1"), "You get it tomorrow. Ed"
	if r := replyWith(t, k, p); r.Reply.Quote == nil || r.Reply.Quote.Text != "You get it tomorrow. Edited" {
		t.Errorf("with its edit: %+v", r.Reply)
	}
	delete(k.records, brandID)
	if r := replyWith(t, k, good); r.Reply.Quote != nil {
		t.Error("a quote is shown although its author's record is not known")
	}
}

func TestAQuoteUnderAnotherKey(t *testing.T) {
	k := newTalk(t)
	post, old, err := k.customer.KeyChange(pair, k.participants(), noon, "")
	if err != nil {
		t.Fatal(err)
	}
	change := acted(t, customerID, pair, "2070276095283454100", post.Signatures[0])
	original, err := k.customer.Message(old, xchat.Draft{Text: "under the old key"})
	if err != nil {
		t.Fatal(err)
	}
	event := sent(t, customerID, pair, "2070276095283454101", original)
	k.ring[pair][old.KeyVersion] = old.Key
	m := opened[*xchat.Message](t, &k.brand.Reader, event)
	answer, err := k.brand.Message(k.thread, xchat.Draft{Text: "re", Answer: &xchat.Answered{Message: m, Event: event, KeyChange: change}})
	if err != nil {
		t.Fatal(err)
	}
	delete(k.ring[pair], old.KeyVersion)
	r := opened[*xchat.Message](t, &k.customer.Reader, sent(t, brandID, pair, "2070276095283454102", answer))
	if r.Reply.Quote == nil || r.Reply.Quote.Text != "under the old key" {
		t.Errorf("the key that came with the reply is not used: %+v", r.Reply)
	}
	if len(k.ring[pair]) != 1 {
		t.Error("a key that came with a reply is kept")
	}
	late := make([][]byte, 9)
	for i := range late {
		late[i] = []byte{0}
	}
	late[8] = decode(t, change)
	behind := wire.Preview{SenderID: number(customerID), Text: "under", Event: decode(t, event), KeyChanges: late}
	if r := replyWith(t, k, behind); r.Reply.Quote != nil {
		t.Error("more changes of keys are looked at than is said")
	}
	behind.KeyChanges = late[1:]
	if r := replyWith(t, k, behind); r.Reply.Quote == nil {
		t.Error("the eighth change of keys is not looked at")
	}
	junk := wire.Preview{SenderID: number(brandID), Text: "x", Event: decode(t, event), KeyChanges: [][]byte{{0}, decode(t, event)}}
	if r := replyWith(t, k, junk); r.Reply.Quote != nil {
		t.Error("quoted without a key")
	}
	k.ring[pair][old.KeyVersion] = keys.NewConversation()
	if r := opened[*xchat.Message](t, &k.customer.Reader, sent(t, brandID, pair, "2", answer)); r.Reply.Quote != nil {
		t.Error("quoted with another key")
	}
}
