package oracle

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

// odd is a message made by hand: signed well, but for what is odd about it.
type odd struct {
	preview                                            *wire.Preview
	id, conversation, signed, sender, form, keyVersion string
}

// event signs a message whose frame says something else than it should.
func (w *world) event(t *testing.T, o odd) string {
	t.Helper()
	contents, err := w.thread.Key.Seal(wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: "words", Preview: o.preview}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	payload := strings.Join([]string{"MessageCreateEvent", o.id, o.sender, o.signed, w.thread.KeyVersion, base64.RawStdEncoding.EncodeToString(contents)}, ",")
	s, err := w.customer.w.Keys.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	w.sequence++
	e := wire.Event{
		SequenceID: fmt.Sprint(w.sequence), MessageID: o.id, SenderID: o.sender, ConversationID: o.conversation, CreatedAt: "1795020983370",
		Signature: &wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(s), KeyVersion: o.keyVersion, Version: o.form},
	}
	message := wire.Message{Contents: contents, KeyVersion: w.thread.KeyVersion, IsEncrypted: true}
	return base64.StdEncoding.EncodeToString(e.Encode(wire.Detail{Kind: wire.KindMessage, Message: message}.Encode()))
}

func TestOddFramesAreJudgedAlike(t *testing.T) {
	w := newWorld(t)
	plain := odd{id: "m-1", conversation: string(pair), signed: string(pair), sender: customerID, form: "7", keyVersion: customerVersion}
	for name, change := range map[string]func(o *odd){
		"nothing odd":                func(*odd) {},
		"form 0":                     func(o *odd) { o.form = "0" },
		"form 1":                     func(o *odd) { o.form = "1" },
		"form 2":                     func(o *odd) { o.form = "2" },
		"form 8":                     func(o *odd) { o.form = "8" },
		"form 77":                    func(o *odd) { o.form = "77" },
		"no form":                    func(o *odd) { o.form = "" },
		"a form of words":            func(o *odd) { o.form = "new" },
		"no key":                     func(o *odd) { o.keyVersion = "" },
		"another key":                func(o *odd) { o.keyVersion = "1" },
		"an id with a comma":         func(o *odd) { o.id = "m,1" },
		"signed for another":         func(o *odd) { o.signed = "1:2" },
		"the other way round":        func(o *odd) { o.conversation, o.signed = "4337869213:3001969357", "4337869213:3001969357" },
		"the other's name":           func(o *odd) { o.sender = brandID },
		"the other's name and key":   func(o *odd) { o.sender, o.keyVersion = brandID, brandVersion },
		"shown in another order":     func(o *odd) { o.conversation = "4337869213:3001969357" },
		"shown with a hyphen":        func(o *odd) { o.conversation = "3001969357-4337869213" },
		"signed for no conversation": func(o *odd) { o.signed = "" },
	} {
		o := plain
		change(&o)
		w.agree(t, w.brand, w.event(t, o), name)
	}
}

func TestQuotesAreJudgedAlike(t *testing.T) {
	w := newWorld(t)
	plain := odd{id: "m-1", conversation: string(pair), signed: string(pair), sender: customerID, form: "7", keyVersion: customerVersion}
	first := w.sdkSends(t, w.brand, "encryptMessage", params{"text": "You get it tomorrow. Not today."})
	m := w.brand.r.Open(first, xchat.Origin{}).About()
	edit := func(by *side, target, text string) []byte {
		post, err := by.w.Edit(w.thread, target, text)
		return raw(t, w.perchSends(t, by, post, err))
	}
	another := w.sdkSends(t, w.brand, "encryptMessage", params{"text": "You get it tomorrow. Not today."})
	quoted := 0
	for name, change := range map[string]func(p *wire.Preview){
		"nothing odd":              func(*wire.Preview) {},
		"all of it":                func(p *wire.Preview) { p.Text = "You get it tomorrow. Not today." },
		"more than it":             func(p *wire.Preview) { p.Text += " Not today. Promised." },
		"no words":                 func(p *wire.Preview) { p.Text = "" },
		"other words":              func(p *wire.Preview) { p.Text = "Never." },
		"no message id":            func(p *wire.Preview) { p.MessageID = "" },
		"another message id":       func(p *wire.Preview) { p.MessageID = "m-1" },
		"no sequence id":           func(p *wire.Preview) { p.SequenceID = "" },
		"another sequence id":      func(p *wire.Preview) { p.SequenceID = "7" },
		"another author":           func(p *wire.Preview) { p.SenderID = 3001969357 },
		"another event":            func(p *wire.Preview) { p.Event = raw(t, another) },
		"no event":                 func(p *wire.Preview) { p.Event = nil },
		"an edit":                  func(p *wire.Preview) { p.Edit = edit(w.brand, m.SequenceID, "You get it tomorrow. Or not.") },
		"an edit of other words":   func(p *wire.Preview) { p.Edit = edit(w.brand, m.SequenceID, "Never.") },
		"an edit by somebody else": func(p *wire.Preview) { p.Edit = edit(w.customer, m.SequenceID, "You get it tomorrow. Or not.") },
		"no edit as edit":          func(p *wire.Preview) { p.Edit = raw(t, another) },
		"an edit as event":         func(p *wire.Preview) { p.Event = edit(w.brand, m.SequenceID, "You get it tomorrow.") },
	} {
		o := plain
		o.preview = &wire.Preview{SenderID: 4337869213, Text: "You get it tomorrow.", SequenceID: m.SequenceID, MessageID: m.MessageID, Event: raw(t, first)}
		change(o.preview)
		encoded := w.event(t, o)
		w.agree(t, w.brand, encoded, name, "message")
		if strings.HasSuffix(perchSays(&w.brand.r, encoded), "quoted=true") {
			quoted++
		}
	}
	// The one difference: the SDK lets the edit of another message of the same author stand for this one. Perch does not.
	o := plain
	o.preview = &wire.Preview{SenderID: 4337869213, Text: "You get it", Event: raw(t, first), Edit: edit(w.brand, "7", "You get it tomorrow. Or not.")}
	if says := perchSays(&w.brand.r, w.event(t, o)); !strings.HasSuffix(says, "quoted=false") {
		t.Errorf("an edit of another message: %s", says)
	}
	if quoted == 0 || quoted > 9 {
		t.Errorf("%d quotes are shown", quoted)
	}
}

func TestWrongChangesOfKeysAreJudgedAlike(t *testing.T) {
	w := newWorld(t)
	record, err := w.brand.row.Verify()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := w.thread.Key.Wrap(record.Identity())
	if err != nil {
		t.Fatal(err)
	}
	change := wire.KeyChange{Version: "1795000000000", Participants: []wire.ParticipantKey{{UserID: brandID, Wrapped: wrapped, KeyVersion: brandVersion}}}
	keyed := "ConversationKeyChangeEvent,m-1," + customerID + "," + string(pair) + ",1795000000000," + base64.RawStdEncoding.EncodeToString(w.thread.Key.Reveal())
	copies := "ConversationKeyChangeEvent,m-1," + customerID + "," + string(pair) + ",1795000000000," + brandID + "," + wrapped + "," + brandVersion
	seen := map[string]int{}
	for _, sequence := range []string{"1", "2070276095283454001", "2070276095283454002", "2080400999000000001"} {
		for _, form := range []string{"", "0", "1", "2", "5", "6", "7", "8", "x"} {
			for _, payload := range []string{keyed, copies, "something else"} {
				s, err := w.customer.w.Keys.Sign([]byte(payload))
				if err != nil {
					t.Fatal(err)
				}
				e := wire.Event{
					SequenceID: sequence, MessageID: "m-1", SenderID: customerID, ConversationID: string(pair), CreatedAt: "1795020983370",
					Signature: &wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(s), KeyVersion: customerVersion, Version: form},
				}
				seen[w.sameKey(t, fmt.Sprintf("sequence %s, form %q, %.40s", sequence, form, payload), base64.StdEncoding.EncodeToString(e.Encode(wire.Detail{Kind: wire.KindKeyChange, KeyChange: change}.Encode())))]++
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("not every verdict was tried: %v", seen)
	}
}

// sameKey compares whether the key may be read with and whether the change is verified.
func (w *world) sameKey(t *testing.T, name, encoded string) string {
	t.Helper()
	var result struct {
		Messages         []struct{ Event event }
		ConversationKeys struct{ Keys map[string]data }
	}
	w.must(w.brand.name+unversioned, "decryptEvents", &result, []string{encoded}, w.signers)
	_, isRead := result.ConversationKeys.Keys["1795000000000"]
	isVerified := len(result.Messages) == 1 && result.Messages[0].Event.Verified && isRead
	var reads, verified bool
	if change, ok := w.brand.r.Open(encoded, xchat.Origin{}).(*xchat.KeyChange); ok {
		_, verified = change.Sending()
		reads = true
	}
	if verified != isVerified {
		t.Errorf("%s: Perch says verified %v, the SDK %v", name, verified, isVerified)
	}
	if reads != isRead {
		t.Errorf("%s: Perch reads with it %v, the SDK %v", name, reads, isRead)
	}
	return fmt.Sprint(reads, verified)
}
