package xchat_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
	"perch/bridge/xchat/wire"
)

// marker is in every text that must not be shown.
const marker = "SECRETWORDS"

// shows reports whether a finding holds the marker anywhere.
func shows(f xchat.Finding) bool { return strings.Contains(fmt.Sprintf("%+v %#v", f, f), marker) }

func TestConversationIDs(t *testing.T) {
	for text, want := range map[string]xchat.ConversationID{
		"1:2": "1:2", "2:1": "1:2", "2-1": "1:2", "10:9": "9:10", "9-10": "9:10", "g123": "g123", "7": "5:7", "3": "3:5", "5:5": "5:5",
		"3001969357-4337869213": "3001969357:4337869213", "": "", "g": "", "1:": "", ":1": "", "1:2:3": "", "1-2-3": "", "a:b": "", "1,2": "", "-1": "",
		"12345678901234567890": "", "g-1": "", "01:2": "", "1: 2": "", "١:٢": "",
	} {
		got, err := xchat.ParseConversation(text, "5")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
	if _, err := xchat.ParseConversation("7", ""); err == nil {
		t.Error("one user alone is a conversation")
	}
	id := xchat.ConversationID("3:7")
	if id.Path() != "3-7" || id.IsGroup() || id.Peer("3") != "7" || id.Peer("7") != "3" || id.Peer("4") != "" || !id.Has("3") || id.Has("4") || id.Has("") {
		t.Error("a conversation of two is not what it is")
	}
	if group := xchat.ConversationID("g9"); group.Path() != "g9" || !group.IsGroup() || group.Peer("3") != "" || !group.Has("3") || group.Has("") {
		t.Error("a group is not what it is")
	}
}

func TestWhatIsMadeOpens(t *testing.T) {
	k := newTalk(t)
	event := k.say(t, k.customer, "100", "Hello, Grüße 🙂")
	m := opened[*xchat.Message](t, &k.brand.Reader, event)
	if m.Text != "Hello, Grüße 🙂" || m.IsOwn || m.SenderID != customerID || m.SequenceID != "100" || m.KeyVersion != k.thread.KeyVersion || m.Reply != nil {
		t.Errorf("it opens as %+v", m)
	}
	if own := opened[*xchat.Message](t, &k.customer.Reader, event); !own.IsOwn {
		t.Error("an echo is not known as one")
	}
	post, err := k.brand.Message(k.thread, xchat.Draft{
		Text: "here", Files: []wire.Media{{HashKey: "Ab", Type: wire.MediaImage, Width: 3, Height: 4, Size: 5, Filename: "a.png", Duration: 6}},
		Answer: &xchat.Answered{Message: m, Event: event},
	})
	if err != nil || post.Token != k.thread.Token {
		t.Fatal(err)
	}
	r := opened[*xchat.Message](t, &k.customer.Reader, sent(t, brandID, pair, "101", post))
	if r.Reply == nil || r.Reply.Quote == nil || r.Reply.Quote.Text != m.Text || r.Reply.MessageID != m.MessageID || len(r.Attachments) != 1 || r.Attachments[0].Media.HashKey != "Ab" {
		t.Errorf("the reply opens as %+v", r)
	}
	for _, isRemoved := range []bool{true, false} {
		post, err := k.brand.React(k.thread, "100", "❤️", isRemoved)
		if err != nil {
			t.Fatal(err)
		}
		if r := opened[*xchat.Reaction](t, &k.customer.Reader, sent(t, brandID, pair, "102", post)); r.Target != "100" || r.Emoji != "❤️" || r.IsRemoved != isRemoved {
			t.Errorf("the reaction opens as %+v", r)
		}
	}
	post, err = k.brand.Edit(k.thread, "101", "there")
	if err != nil {
		t.Fatal(err)
	}
	if e := opened[*xchat.Edit](t, &k.customer.Reader, sent(t, brandID, pair, "103", post)); e.Target != "101" || e.Text != "there" {
		t.Errorf("the edit opens as %+v", e)
	}
	deletion, err := k.brand.Delete(pair, []string{"101", "103"}, true, "Ab")
	if err != nil {
		t.Fatal(err)
	}
	if d := opened[*xchat.Delete](t, &k.customer.Reader, acted(t, brandID, pair, "104", deletion.Signatures[0])); len(d.SequenceIDs) != 2 || !d.ForAll {
		t.Errorf("the deletion opens as %+v", d)
	}
}

func TestAChangeOfKeys(t *testing.T) {
	k := newTalk(t)
	post, thread, err := k.brand.KeyChange(pair, k.participants(), noon, "1795803901999")
	if err != nil {
		t.Fatal(err)
	}
	if thread.KeyVersion != "1795803902000" {
		t.Errorf("the version is %s, which is not above the newest", thread.KeyVersion)
	}
	event := acted(t, brandID, pair, "2070276095283454003", post.Signatures[0])
	for _, r := range []*xchat.Reader{&k.customer.Reader, &k.brand.Reader} {
		c := opened[*xchat.KeyChange](t, r, event)
		if key, ok := c.Sending(); !ok || !key.Equal(thread.Key) || c.KeyVersion != thread.KeyVersion {
			t.Error("the key does not arrive")
		}
	}
	stranger := newPerson(t, "77", "1", keytest.Private(t), k.records, k.ring)
	stranger.Reader.OwnID = customerID
	if f := opened[*xchat.Refused](t, &stranger.Reader, event); f.Reason != xchat.OtherKeys {
		t.Errorf("other keys of the account: %v", f.Reason)
	}
	stranger.Reader.OwnID = "77"
	if f := opened[*xchat.Refused](t, &stranger.Reader, event); f.Reason != xchat.NotForUs {
		t.Errorf("a stranger: %v", f.Reason)
	}
	reader := k.customer.Reader
	reader.Signers = xchat.Records{}
	c := opened[*xchat.KeyChange](t, &reader, event)
	if _, ok := c.Sending(); ok || !c.Reading().Equal(thread.Key) || c.Missing.SignerID != brandID || c.Missing.SignerVersion != "1736001112223" {
		t.Errorf("whose signer is not known: %+v", c)
	}
	bad := post.Signatures[0]
	bad.Signature.Signature = strings.Repeat("A", 86)
	if f := opened[*xchat.Refused](t, &k.customer.Reader, acted(t, brandID, pair, "2070276095283454002", bad)); f.Reason != xchat.BadSignature {
		t.Errorf("a wrong signature: %v", f.Reason)
	}
	old := opened[*xchat.KeyChange](t, &k.customer.Reader, acted(t, brandID, pair, "2070276095283454001", bad))
	if _, ok := old.Sending(); ok || old.Reading().IsZero() || old.Missing != (xchat.Need{}) {
		t.Error("an old change of keys is not for reading, or is for writing")
	}
	reader = k.customer.Reader
	reader.KeyVersion = "3"
	if c := opened[*xchat.KeyChange](t, &reader, event); c.Reading().IsZero() {
		t.Error("a copy of another version is not tried")
	}
}

// changeOfKeys makes a change of keys by hand, with a signature of an older form.
func changeOfKeys(t *testing.T, sender *person, c wire.KeyChange, form, payload string) string {
	t.Helper()
	raw, err := sender.Reader.Keys.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	e := wire.Event{
		MessageID: "m-1", SenderID: sender.Reader.OwnID, ConversationID: string(pair), SequenceID: "2070276095283454009",
		Signature: &wire.Signature{Signature: base64.RawStdEncoding.EncodeToString(raw), KeyVersion: sender.Reader.KeyVersion, Version: form},
	}
	return base64.StdEncoding.EncodeToString(e.Encode(wire.Detail{Kind: wire.KindKeyChange, KeyChange: c}.Encode()))
}

func TestAnOlderFormSignsTheCopies(t *testing.T) {
	k := newTalk(t)
	wrapped, err := k.thread.Key.Wrap(k.brand.record.Identity())
	if err != nil {
		t.Fatal(err)
	}
	c := wire.KeyChange{Version: "9", Participants: []wire.ParticipantKey{{UserID: brandID, Wrapped: wrapped, KeyVersion: "1736001112223"}}}
	payload := "ConversationKeyChangeEvent,m-1," + customerID + "," + string(pair) + ",9," + brandID + "," + wrapped + ",1736001112223"
	for form, want := range map[string]bool{"2": true, "5": true, "6": false} {
		found := k.brand.Open(changeOfKeys(t, k.customer, c, form, payload), xchat.Origin{})
		change, ok := found.(*xchat.KeyChange)
		isVerified := false
		if ok {
			_, isVerified = change.Sending()
		}
		if isVerified != want {
			t.Errorf("form %s: %+v", form, found)
		}
	}
	for _, form := range []string{"1", "0", "x", "-7"} {
		c, ok := k.brand.Open(changeOfKeys(t, k.customer, c, form, payload), xchat.Origin{}).(*xchat.KeyChange)
		if ok {
			if _, isVerified := c.Sending(); isVerified {
				t.Errorf("form %s counts", form)
			}
		}
	}
}

func TestAnOlderFormThatIsWrongIsForReading(t *testing.T) {
	k := newTalk(t)
	wrapped, err := k.thread.Key.Wrap(k.brand.record.Identity())
	if err != nil {
		t.Fatal(err)
	}
	mine := wire.ParticipantKey{UserID: brandID, Wrapped: wrapped, KeyVersion: "1736001112223"}
	c := wire.KeyChange{Version: "9", Participants: []wire.ParticipantKey{mine}}
	change := opened[*xchat.KeyChange](t, &k.brand.Reader, changeOfKeys(t, k.customer, c, "5", "nonsense"))
	if _, ok := change.Sending(); ok || !change.Reading().Equal(k.thread.Key) {
		t.Error("it is for writing, or not for reading")
	}
	opened[*xchat.Refused](t, &k.brand.Reader, changeOfKeys(t, k.customer, c, "6", "nonsense"))
	others := make([]wire.ParticipantKey, xchat.MaxUnwraps)
	for i := range others {
		others[i] = wire.ParticipantKey{UserID: brandID, Wrapped: "AAAA", KeyVersion: "1736001112223"}
	}
	c.Participants = append(others[1:], mine)
	opened[*xchat.KeyChange](t, &k.brand.Reader, changeOfKeys(t, k.customer, c, "5", "nonsense"))
	c.Participants = append(others, mine)
	if f := opened[*xchat.Refused](t, &k.brand.Reader, changeOfKeys(t, k.customer, c, "5", "nonsense")); f.Reason != xchat.OtherKeys {
		t.Errorf("more copies are tried than is said: %v", f.Reason)
	}
}

// anyRecord gives a user's record whatever version is asked for.
type anyRecord struct{ keys.Record }

func (a anyRecord) Signer(string, string) (keys.Record, bool) { return a.Record, true }

func TestFramesThatCannotBeSigned(t *testing.T) {
	k := newTalk(t)
	post, err := k.customer.Message(k.thread, xchat.Draft{Text: marker})
	if err != nil {
		t.Fatal(err)
	}
	detail := append(append([]byte{0x0c, 0, 1}, decode(t, post.Event)...), 0)
	contents := parse(t, append(append([]byte{0x0c, 0, 7}, detail...), 0)).Detail.Message.Contents
	for name, tc := range map[string]struct{ id, payload string }{
		"no id":                     {"", "MessageCreateEvent,," + customerID + "," + string(pair) + "," + k.thread.KeyVersion + "," + base64.RawStdEncoding.EncodeToString(contents)},
		"an id with a comma":        {"m,1", "MessageCreateEvent,m,1," + customerID + "," + string(pair) + "," + k.thread.KeyVersion + "," + base64.RawStdEncoding.EncodeToString(contents)},
		"an id with one, over none": {"m,1", ""},
	} {
		raw, err := k.customer.Reader.Keys.Sign([]byte(tc.payload))
		if err != nil {
			t.Fatal(err)
		}
		e := frame(t, customerID, pair, "1", post)
		e.MessageID, e.Signature.Signature = tc.id, base64.RawStdEncoding.EncodeToString(raw)
		f := opened[*xchat.Refused](t, &k.brand.Reader, base64.StdEncoding.EncodeToString(e.Encode(detail)))
		if f.Reason != xchat.BadSignature {
			t.Errorf("%s: %v", name, f.Reason)
		}
	}
	r := k.brand.Reader
	r.Signers = anyRecord{recordOf(t, k.customer.Reader.Keys, "5")}
	if w := opened[*xchat.Waiting](t, &r, k.say(t, k.customer, "1", marker)); w.Need.SignerVersion != "1765001112223" {
		t.Errorf("a record of another version counts: %+v", w)
	}
}

func TestTimesThatCannotBe(t *testing.T) {
	k := newTalk(t)
	for text, isKnown := range map[string]bool{"1795020983370": true, "": false, "0": false, "-5": false, "x": false, "4102444800001": false, "99999999999999999999": false} {
		e := parse(t, decode(t, k.say(t, k.customer, "1", "x")))
		e.CreatedAt = text
		found := k.brand.Open(base64.StdEncoding.EncodeToString(e.Encode([]byte{0x0c, 0, 6, 0, 0})), xchat.Origin{})
		if found.About().CreatedAt.IsZero() == isKnown {
			t.Errorf("%q is %v", text, found.About().CreatedAt)
		}
	}
}

func TestAHugeTextIsRefusedUnread(t *testing.T) {
	k := newTalk(t)
	huge := strings.Repeat("A", 64<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	k.brand.Open(huge, xchat.Origin{})
	xchat.ReadAnswer(huge, xchat.MessagePost{})
	if _, err := keys.Import(huge, "1"); err == nil {
		t.Error("it is an account's keys")
	}
	if _, err := keys.ParsePublic(huge); err == nil || k.brand.record.Signing().VerifyText(nil, huge) {
		t.Error("it is a key or a signature")
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("it costs %d bytes", got)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	k := newTalk(t)
	event := k.say(t, k.customer, "1", marker)
	r := k.brand.Reader
	r.Conversations = xchat.KeyRing{}
	if w := opened[*xchat.Waiting](t, &r, event); w.Need != (xchat.Need{KeyVersion: k.thread.KeyVersion}) || shows(w) {
		t.Errorf("without the key: %+v", w)
	}
	r.Signers = xchat.Records{customerID: {k.brand.record}}
	if w := opened[*xchat.Waiting](t, &r, event); w.Need != (xchat.Need{SignerID: customerID, SignerVersion: "1765001112223", KeyVersion: k.thread.KeyVersion}) || shows(w) {
		t.Errorf("without both: %+v", w)
	}
	r.Conversations = k.ring
	if w := opened[*xchat.Waiting](t, &r, event); w.Need != (xchat.Need{SignerID: customerID, SignerVersion: "1765001112223"}) || shows(w) {
		t.Errorf("without the signer: %+v", w)
	}
	r.Signers, r.Conversations = k.records, xchat.KeyRing{pair: {k.thread.KeyVersion: keys.NewConversation()}}
	if f := opened[*xchat.Refused](t, &r, event); f.Reason != xchat.BadBox {
		t.Errorf("with another key: %+v", f)
	}
}

func TestWhereAnEventBelongs(t *testing.T) {
	k := newTalk(t)
	event := k.say(t, k.customer, "1", marker)
	for _, from := range []xchat.Origin{
		{}, {Conversation: "3001969357:4337869213", SenderID: customerID}, {Conversation: "4337869213:3001969357"}, {Conversation: "4337869213-3001969357"}, {Conversation: customerID},
	} {
		if _, ok := k.brand.Open(event, from).(*xchat.Message); !ok {
			t.Errorf("%+v: %+v", from, k.brand.Open(event, from))
		}
	}
	for _, from := range []xchat.Origin{{Conversation: "1:2"}, {Conversation: "g1"}, {Conversation: "55"}, {Conversation: "nonsense"}, {SenderID: brandID}, {SenderID: "1"}} {
		if f, ok := k.brand.Open(event, from).(*xchat.Refused); !ok || f.Reason != xchat.WrongConversation || shows(f) {
			t.Errorf("%+v: %+v", from, k.brand.Open(event, from))
		}
	}
	stranger := newPerson(t, "77", k.customer.Reader.KeyVersion, keytest.Private(t), k.records, k.ring)
	thread := k.thread
	thread.Conversation = "77:4337869213"
	post, err := stranger.Message(thread, xchat.Draft{Text: marker})
	if err != nil {
		t.Fatal(err)
	}
	if f := opened[*xchat.Refused](t, &k.brand.Reader, sent(t, "77", pair, "1", post)); f.Reason != xchat.NotParticipant || shows(f) {
		t.Errorf("a stranger's: %+v", f)
	}
	if f := opened[*xchat.Refused](t, &k.brand.Reader, sent(t, customerID, pair, "1", post)); f.Reason != xchat.BadSignature || shows(f) {
		t.Errorf("a stranger's in the customer's name: %+v", f)
	}
	if _, err := stranger.Message(k.thread, xchat.Draft{Text: "x"}); !errors.Is(err, xchat.ErrThread) {
		t.Errorf("a stranger writes into a conversation of others: %v", err)
	}
}

func TestNoFlippedBitShowsWords(t *testing.T) {
	k := newTalk(t)
	event := decode(t, k.say(t, k.customer, "2070276095283454100", marker))
	same := 0
	for bit := range len(event) * 8 {
		event[bit/8] ^= 1 << (bit % 8)
		switch f := k.brand.Open(base64.StdEncoding.EncodeToString(event), xchat.Origin{}).(type) {
		case *xchat.Message: // what is not signed may change: sequence id, time
			if f.Text != marker || f.SenderID != customerID || f.Conversation != pair {
				t.Errorf("bit %d: %+v", bit, f)
			}
			same++
		case *xchat.Plain:
			t.Errorf("bit %d: a signed message passes for a plain one: %+v", bit, f)
		default:
			if shows(f) {
				t.Errorf("bit %d: %+v", bit, f)
			}
		}
		event[bit/8] ^= 1 << (bit % 8)
	}
	if same == 0 || same > len(event)*8/2 {
		t.Errorf("%d of %d bits do not matter", same, len(event)*8)
	}
}

func TestPlainMessagesAreAType(t *testing.T) {
	k := newTalk(t)
	plain := func(entry wire.Entry) string {
		e := wire.Event{MessageID: "m", SenderID: customerID, ConversationID: string(pair), SequenceID: "5"}
		detail := wire.Detail{Kind: wire.KindMessage, Message: wire.Message{Contents: entry.Encode()}}
		return base64.StdEncoding.EncodeToString(e.Encode(detail.Encode()))
	}
	p := opened[*xchat.Plain](t, &k.brand.Reader, plain(wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: "old"}}))
	if p.Unverified.Text != "old" {
		t.Errorf("it is %+v", p)
	}
	for _, kind := range []wire.EntryKind{wire.EntryEdit, wire.EntryReaction, wire.EntryReactionRemove} {
		opened[*xchat.Ignored](t, &k.brand.Reader, plain(wire.Entry{Kind: kind, Edit: wire.Edit{SequenceID: "1", Text: marker}}))
	}
}

func TestUnsignedAndUnknown(t *testing.T) {
	k := newTalk(t)
	post, err := k.customer.Message(k.thread, xchat.Draft{Text: marker})
	if err != nil {
		t.Fatal(err)
	}
	good := frame(t, customerID, pair, "1", post)
	detail := append(append([]byte{0x0c, 0, 1}, decode(t, post.Event)...), 0)
	for name, tc := range map[string]struct {
		s    *wire.Signature
		want xchat.Reason
	}{
		"no signature":  {nil, xchat.Unsigned},
		"an empty one":  {&wire.Signature{KeyVersion: "1765001112223", Version: "7"}, xchat.Unsigned},
		"without a key": {&wire.Signature{Signature: good.Signature.Signature, Version: "7"}, xchat.Unsigned},
		"an old form":   {&wire.Signature{Signature: good.Signature.Signature, KeyVersion: "1765001112223", Version: "1"}, xchat.UnknownForm},
		"no base64":     {&wire.Signature{Signature: "***", KeyVersion: "1765001112223", Version: "7"}, xchat.BadSignature},
	} {
		e := good
		e.Signature = tc.s
		f := opened[*xchat.Refused](t, &k.brand.Reader, base64.StdEncoding.EncodeToString(e.Encode(detail)))
		if f.Reason != tc.want || shows(f) || f.Reason.String() == "it was refused" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, form := range []string{"", "2", "8", "new"} {
		good.Signature.Version = form
		opened[*xchat.Message](t, &k.brand.Reader, base64.StdEncoding.EncodeToString(good.Encode(detail)))
	}
	for kind, want := range map[byte]string{2: "unknown", 4: "group", 6: "typing", 8: "conversation deleted", 9: "settings", 10: "search", 12: "read", 13: "unread", 14: "account deleted", 99: "unknown"} {
		f := opened[*xchat.Ignored](t, &k.brand.Reader, base64.StdEncoding.EncodeToString(good.Encode([]byte{0x0c, 0, kind, 0, 0})))
		if f.What != want {
			t.Errorf("kind %d is %q, want %q", kind, f.What, want)
		}
	}
	for name, text := range map[string]string{"nothing": "", "no base64": "!", "no Thrift": "QUJD", "two details": base64.StdEncoding.EncodeToString(good.Encode([]byte{0x0c, 0, 6, 0, 0x0c, 0, 12, 0, 0})), "2 MB": strings.Repeat("A", 2<<20)} {
		if f := opened[*xchat.Refused](t, &k.brand.Reader, text); f.Reason != xchat.Malformed {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestWrappedEventsOpen(t *testing.T) {
	k := newTalk(t)
	event := decode(t, k.say(t, k.customer, "1", "hello"))
	join := func(parts ...[]byte) string {
		var all []byte
		for _, p := range parts {
			all = append(all, p...)
		}
		return base64.StdEncoding.EncodeToString(all)
	}
	opened[*xchat.Message](t, &k.brand.Reader, join([]byte{0x0c, 0, 1}, event, []byte{0}))
	opened[*xchat.Message](t, &k.brand.Reader, join([]byte{0x0c, 0, 3, 0x0f, 0, 1, 0x0c, 0, 0, 0, 1}, event, []byte{0, 0}))
	opened[*xchat.Refused](t, &k.brand.Reader, join([]byte{0x0c, 0, 3, 0x0f, 0, 1, 0x0c, 0, 0, 0, 2}, event, event, []byte{0, 0}))
	m := opened[*xchat.Message](t, &k.brand.Reader, base64.StdEncoding.EncodeToString(event))
	post, err := k.brand.Message(k.thread, xchat.Draft{Text: "re", Answer: &xchat.Answered{Message: m, Event: join([]byte{0x0c, 0, 1}, event, []byte{0})}})
	if err != nil {
		t.Fatal(err)
	}
	if r := opened[*xchat.Message](t, &k.customer.Reader, sent(t, brandID, pair, "2", post)); r.Reply.Quote == nil {
		t.Error("the answer to a wrapped event has no quote")
	}
}
