package xchat_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

func TestWhatIsPostedHasTheFormOfX(t *testing.T) {
	k := newTalk(t)
	post, err := k.brand.Message(k.thread, xchat.Draft{Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(post)
	if err != nil {
		t.Fatal(err)
	}
	id := `"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"`
	padded := `"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"`
	match(t, raw, `^{"message_id":`+id+`,"encoded_message_create_event":`+padded+`,"encoded_message_event_signature":`+padded+`,"conversation_token":"eyJ"}$`)
	create := decode(t, post.Event)
	if create[0] != 0x0b || create[2] != 100 || !strings.HasSuffix(string(create), "\x0b\x00\x65\x00\x00\x00\x0d1795803901932\x02\x00\x66\x01\x00") {
		t.Errorf("the event is %x", create)
	}
	if s := decode(t, post.Signature); s[6] != 86 || !strings.HasSuffix(string(s), "\x0b\x00\x02\x00\x00\x00\x0d1736001112223\x0b\x00\x03\x00\x00\x00\x017\x00") {
		t.Errorf("the signature is %q", s)
	}
	thread := k.thread
	thread.Token = ""
	if post, _ := k.brand.Message(thread, xchat.Draft{Text: "x"}); strings.Contains(marshal(t, post), "token") {
		t.Error("no token is sent as an empty one")
	}
	change, _, err := k.brand.KeyChange(pair, k.participants(), noon, "")
	if err != nil {
		t.Fatal(err)
	}
	signed := `\[{"message_id":` + id + `,"encoded_message_event_detail":` + padded + `,"message_event_signature":{"signature":"[A-Za-z0-9+/]{86}","public_key_version":"1736001112223","signature_version":"7"}}\]}$`
	match(t, []byte(marshal(t, change)), `^{"conversation_key_version":"1795803901999","conversation_participant_keys":\[`+
		`{"user_id":"3001969357","encrypted_conversation_key":"[A-Za-z0-9+/=]{152}","public_key_version":"1765001112223"},`+
		`{"user_id":"4337869213","encrypted_conversation_key":"[A-Za-z0-9+/=]{152}","public_key_version":"1736001112223"}\],"action_signatures":`+signed)
	for isForAll, word := range map[bool]string{true: "delete_for_all", false: "delete_for_self"} {
		deletion, err := k.brand.Delete(pair, []string{"5"}, isForAll)
		if err != nil {
			t.Fatal(err)
		}
		match(t, []byte(marshal(t, deletion)), `^{"sequence_ids":\["5"\],"delete_message_action":"`+word+`","action_signatures":`+signed)
	}
}

func match(t *testing.T, raw []byte, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).Match(raw) {
		t.Errorf("%s does not match %s", raw, pattern)
	}
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestTheKeyOfAConversationIsNotInWhatIsPosted(t *testing.T) {
	k := newTalk(t)
	post, thread, err := k.brand.KeyChange(pair, k.participants(), noon, "")
	if err != nil {
		t.Fatal(err)
	}
	text := marshal(t, post) + marshal(t, thread)
	for _, form := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if strings.Contains(text, form.EncodeToString(thread.Key.Reveal())) {
			t.Error("the key is in it")
		}
	}
	if detail := decode(t, post.Signatures[0].Detail); strings.Contains(string(detail), string(thread.Key.Reveal())) {
		t.Error("the key is in the detail")
	}
}

func TestDraftsAreCheckedBeforeAnythingIsMade(t *testing.T) {
	k := newTalk(t)
	image, file := wire.Media{HashKey: "a", Type: wire.MediaImage}, wire.Media{HashKey: "b", Type: wire.MediaFile}
	many := make([]wire.Media, 11)
	for i := range many {
		many[i] = image
	}
	for name, tc := range map[string]struct {
		d    xchat.Draft
		want error
	}{
		"text":                    {xchat.Draft{Text: "x"}, nil},
		"10,000 characters":       {xchat.Draft{Text: strings.Repeat("🙂", 10_000)}, nil},
		"10,001 characters":       {xchat.Draft{Text: strings.Repeat("x", 10_001)}, xchat.ErrText},
		"not UTF-8":               {xchat.Draft{Text: "a\xff"}, xchat.ErrText},
		"nothing":                 {xchat.Draft{}, xchat.ErrEmpty},
		"a file alone":            {xchat.Draft{Files: []wire.Media{file}}, nil},
		"ten pictures":            {xchat.Draft{Files: many[:10]}, nil},
		"eleven pictures":         {xchat.Draft{Files: many}, xchat.ErrFiles},
		"a file that is not at X": {xchat.Draft{Files: []wire.Media{{Type: wire.MediaImage}}}, xchat.ErrFiles},
		"a file and a picture":    {xchat.Draft{Files: []wire.Media{image, file}}, xchat.ErrFiles},
		"an answer to nothing":    {xchat.Draft{Text: "x", Answer: &xchat.Answered{}}, xchat.ErrTarget},
		"an answer to an elsewhere": {xchat.Draft{Text: "x", Answer: &xchat.Answered{Message: &xchat.Message{Meta: xchat.Meta{
			Conversation: "1:2", SenderID: "1", SequenceID: "1",
		}}}}, xchat.ErrTarget},
	} {
		post, err := k.brand.Message(k.thread, tc.d)
		if !errors.Is(err, tc.want) || (err != nil) != (post == xchat.MessagePost{}) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	for name, change := range map[string]func(w *xchat.Writer, t *xchat.Thread){
		"no key":                  func(_ *xchat.Writer, t *xchat.Thread) { t.Key = keys.Conversation{} },
		"no version":              func(_ *xchat.Writer, t *xchat.Thread) { t.KeyVersion = "" },
		"a version with a comma":  func(_ *xchat.Writer, t *xchat.Thread) { t.KeyVersion = "1,2" },
		"somebody else's":         func(_ *xchat.Writer, t *xchat.Thread) { t.Conversation = "1:2" },
		"no conversation":         func(_ *xchat.Writer, t *xchat.Thread) { t.Conversation = "" },
		"no account":              func(w *xchat.Writer, _ *xchat.Thread) { w.OwnID = "" },
		"no version of its keys":  func(w *xchat.Writer, _ *xchat.Thread) { w.KeyVersion = "" },
		"no private keys":         func(w *xchat.Writer, _ *xchat.Thread) { w.Keys = keys.Private{} },
		"keys that can only read": func(w *xchat.Writer, _ *xchat.Thread) { w.Keys, _ = keys.ParsePrivate(decode(t, w.Keys.Reveal())[:32]) },
	} {
		w, thread := k.brand.Writer, k.thread
		change(&w, &thread)
		if post, err := w.Message(thread, xchat.Draft{Text: "x"}); err == nil || post != (xchat.MessagePost{}) {
			t.Errorf("%s: something is made", name)
		}
	}
	for _, target := range []string{"", "m-1", "1,2"} {
		if _, err := k.brand.Edit(k.thread, target, "x"); !errors.Is(err, xchat.ErrTarget) {
			t.Errorf("an edit of %q: %v", target, err)
		}
		if _, err := k.brand.React(k.thread, target, "x", false); !errors.Is(err, xchat.ErrTarget) {
			t.Errorf("a reaction to %q: %v", target, err)
		}
		if _, err := k.brand.Delete(pair, []string{"1", target}, true); !errors.Is(err, xchat.ErrTarget) {
			t.Errorf("a deletion of %q: %v", target, err)
		}
	}
	if _, err := k.brand.Delete(pair, nil, true); !errors.Is(err, xchat.ErrTarget) {
		t.Errorf("a deletion of nothing: %v", err)
	}
	if _, err := k.brand.Delete("1:2", []string{"1"}, true); err == nil {
		t.Error("a deletion elsewhere is made")
	}
}

func TestANewKeyReachesExactlyThoseWhoTakePart(t *testing.T) {
	k := newTalk(t)
	both := k.participants()
	stranger := xchat.Participant{UserID: "77", Record: k.customer.record}
	stolen := xchat.Participant{UserID: brandID, Record: k.customer.record}
	for name, all := range map[string][]xchat.Participant{
		"nobody": nil, "one alone": both[1:], "the other alone": both[:1], "a third": append(both, stranger), "a stranger": {both[1], stranger},
		"twice the same": {both[1], both[1]}, "without a record": {both[1], {UserID: customerID}}, "somebody else's keys for the account": {both[0], stolen},
	} {
		if _, thread, err := k.brand.KeyChange(pair, all, noon, ""); !errors.Is(err, xchat.ErrParticipants) || !thread.Key.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	for newest, want := range map[string]string{"": "1795803901999", "5": "1795803901999", "1795803901999": "1795803902000", "9223372036854775806": "9223372036854775807"} {
		if _, thread, err := k.brand.KeyChange(pair, both, noon, newest); err != nil || thread.KeyVersion != want {
			t.Errorf("after %s comes %s, %v", newest, thread.KeyVersion, err)
		}
	}
	for _, newest := range []string{"9223372036854775807", "99999999999999999999", "-1", "x"} {
		if _, _, err := k.brand.KeyChange(pair, both, noon, newest); err == nil {
			t.Errorf("something comes after %s", newest)
		}
	}
	if _, _, err := k.brand.KeyChange("g1", both, time.Now(), ""); err != nil {
		t.Errorf("in a group: %v", err)
	}
}

func TestAnswersOfX(t *testing.T) {
	k := newTalk(t)
	post, err := k.brand.Message(k.thread, xchat.Draft{Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	other := post
	other.MessageID = "other"
	failure := func(id string, kind int32) string {
		e := wire.Event{MessageID: id, SenderID: brandID, ConversationID: string(pair), SequenceID: "1"}
		return base64.StdEncoding.EncodeToString(e.Encode(wire.Detail{Kind: wire.KindFailure, Failure: wire.Failure{Type: kind, Tier: 3}}.Encode()))
	}
	for name, tc := range map[string]struct {
		answer string
		want   xchat.Answer
	}{
		"taken":               {sent(t, brandID, pair, "2080", post), xchat.Answer{Outcome: xchat.Taken, SequenceID: "2080"}},
		"another message":     {sent(t, brandID, pair, "2080", other), xchat.Answer{}},
		"no sequence id":      {sent(t, brandID, pair, "", post), xchat.Answer{}},
		"refused":             {failure(post.MessageID, 6), xchat.Answer{Outcome: xchat.Failed, Failure: xchat.FailureOldKey, Tier: 3}},
		"refused, another id": {failure("f-1", 7), xchat.Answer{Outcome: xchat.Failed, Failure: xchat.FailureNotTrusted, Tier: 3}},
		"nothing":             {"", xchat.Answer{}},
		"garbage":             {"!!", xchat.Answer{}},
		"half":                {sent(t, brandID, pair, "2080", post)[:80], xchat.Answer{}},
	} {
		if got := xchat.ReadAnswer(tc.answer, post); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
	for kind := range xchat.FailureType(20) {
		if isKnown := kind.String() != "X gave a reason that is not known"; isKnown != (kind >= 1 && kind <= 18) {
			t.Errorf("failure %d: %s", kind, kind)
		}
	}
}

func TestWebAddressesAreMarked(t *testing.T) {
	k := newTalk(t)
	for text, want := range map[string][]string{
		"see https://example.com/x, and http://a.b.": {"https://example.com/x", "http://a.b"},
		"https://example.com":                        {"https://example.com"},
		"ü https://example.com":                      nil,
		"https://example.com ü https://a.b":          {"https://example.com"},
		"https://exämple.com":                        nil,
		"https:// http://x":                          nil,
		"a https://a.b a https://a.b":                {"https://a.b", "https://a.b"},
		"nohttps://a.b":                              nil,
	} {
		post, err := k.brand.Message(k.thread, xchat.Draft{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := k.thread.Key.Open(parse(t, append(append([]byte{0x0c, 0, 7, 0x0c, 0, 1}, decode(t, post.Event)...), 0, 0)).Detail.Message.Contents)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, span := range spans(t, plain) {
			got = append(got, text[span[0]:span[1]])
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
