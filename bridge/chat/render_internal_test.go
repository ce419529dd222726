package chat

import (
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

func TestWhatAnAgentReadsOfAnEvent(t *testing.T) {
	t.Parallel()
	meta := xchat.Meta{Conversation: "1:2", KeyVersion: "7"}
	group := xchat.Meta{Conversation: "g9", KeyVersion: "7"}
	text := func(s string) xchat.Content { return xchat.Content{Text: s} }
	for name, one := range map[string]struct {
		found   xchat.Finding
		want    string
		nothing string
	}{
		"text":  {&xchat.Message{Meta: meta, Content: text("a\nb")}, "a\nb", ""},
		"group": {&xchat.Message{Meta: group, Content: text("a")}, inGroupLine + "\na", ""},
		"reply": {
			&xchat.Message{Meta: meta, Content: text("yes"), Reply: &xchat.Reply{Quote: &xchat.Quote{SenderID: "2", Content: text("is it\nblue?")}}},
			"[In reply to your “is it blue?”]\nyes", "",
		},
		"reply to an own one": {
			&xchat.Message{Meta: meta, Content: text("yes"), Reply: &xchat.Reply{Quote: &xchat.Quote{SenderID: "1", Content: text("so?")}}},
			"[In reply to the customer's “so?”]\nyes", "",
		},
		"forged quote": {&xchat.Message{Meta: meta, Content: text("yes"), Reply: &xchat.Reply{}}, "[In reply to an earlier message]\nyes", ""},
		"edit":         {&xchat.Edit{Meta: meta, Text: "new"}, editLine + "\nnew", ""},
		"reaction":     {&xchat.Reaction{Meta: meta, Emoji: "👍\u202e"}, "[The customer reacted to a message with 👍<U+202E>]", ""},
		"taken back":   {&xchat.Reaction{Meta: meta, Emoji: "👍", IsRemoved: true}, "[The customer took the reaction 👍 to a message back.]", ""},
		"deletion":     {&xchat.Delete{Meta: meta, SequenceIDs: []string{"1"}, ForAll: true}, "[The customer deleted a message on X.]", ""},
		"own view":     {&xchat.Delete{Meta: meta, SequenceIDs: []string{"1"}}, "", "cleared"},
		"call":         {&xchat.Notice{Meta: meta, Kind: wire.EntryCallMissed}, noticeLines[wire.EntryCallMissed], ""},
		"pin":          {&xchat.Notice{Meta: meta, Kind: wire.EntryPin}, "", "other"},
		"plain":        {&xchat.Plain{Meta: meta, Unverified: text("a")}, plainLine + "\na", ""},
		"shared": {&xchat.Message{Meta: meta, Content: xchat.Content{Text: "see", Attachments: []wire.Attachment{
			{Kind: wire.AttachmentPost, PostID: "77"}, {Kind: wire.AttachmentURL, URL: "https://a.example/\x1b[2J"}, {Kind: wire.AttachmentMoney, Text: "5 $"},
		}}}, "see\nhttps://x.com/i/status/77\nhttps://a.example/␛[2J\n5 $", ""},
		"link in the text": {&xchat.Message{Meta: meta, Content: xchat.Content{Text: "see https://a.example/", Attachments: []wire.Attachment{
			{Kind: wire.AttachmentURL, URL: "https://a.example/"},
		}}}, "see https://a.example/", ""},
		"forwarded": {&xchat.Message{Meta: meta, Content: xchat.Content{Forwarded: "old"}}, "[The customer passed on:]\nold", ""},
		"choice":    {&xchat.Message{Meta: meta, Content: xchat.Content{Choice: &wire.Choice{OptionID: "b"}}}, "[The customer chose “b”.]", ""},
		"no file":   {&xchat.Message{Meta: meta, Content: xchat.Content{Attachments: []wire.Attachment{{Kind: wire.AttachmentMedia, Media: wire.Media{HashKey: "../x"}}}}}, noFileLine, ""},
	} {
		got, _, nothing := render(one.found, "2")
		if got != one.want || nothing != one.nothing {
			t.Errorf("%s: %q, %q; want %q, %q", name, got, nothing, one.want, one.nothing)
		}
	}
}

func TestFilesOfMessages(t *testing.T) {
	t.Parallel()
	_, files, _ := render(&xchat.Message{Meta: xchat.Meta{Conversation: "1:2", KeyVersion: "7"}, Content: xchat.Content{Attachments: []wire.Attachment{
		{Kind: wire.AttachmentMedia, Media: wire.Media{HashKey: "Ab1", Type: wire.MediaGIF, Size: 5, Filename: `C:\tmp\..\a.gif`}},
		{Kind: wire.AttachmentMedia, Media: wire.Media{LegacyURL: "https://ton.x.com/1.jpg", Type: wire.MediaImage}},
	}}}, "2")
	if len(files) != 2 || files[0].Sealed == nil || files[0].Type != bridge.GIF || *files[0].Sealed != (bridge.SealedFile{
		Conversation: "1-2", Key: "Ab1", KeyVersion: "7", Name: "a.gif", Bytes: 5,
	}) || files[1].Variants[0].URL != "https://ton.x.com/1.jpg" {
		t.Errorf("%+v", files)
	}
	for from, want := range map[string]string{"../../etc/passwd": "passwd", "..": "", "": "", "/": "", "a b.png": "a b.png", strings.Repeat("ü", 200) + ".pdf": strings.Repeat("ü", 58) + ".pdf"} {
		if got := fileName(from); got != want {
			t.Errorf("fileName(%q) = %q, want %q", from, got, want)
		}
	}
}

// The address of an older file is the customer's to choose. It is fetched with the brand's signature, so that it has to be
// one of X's hosts for files, and not its API (see bridge/xapi, Client.FetchMedia: api.x.com is one of media_hosts).
func TestNoCustomerMakesPerchCallTheAPI(t *testing.T) {
	for _, address := range []string{
		"https://api.x.com/2/tweets/search/recent?query=a&max_results=100", "https://api.twitter.com/1.1/account/settings.json", "https://ton.x.com.evil.example/1.jpg",
		"https://api.x.com/ton.twitter.com", "http://127.0.0.1:3002/",
	} {
		if files := file(wire.Media{LegacyURL: address, Type: wire.MediaImage}, "1:2", "1"); len(files) > 0 {
			t.Errorf("%s is asked for", address)
		}
	}
	if files := file(wire.Media{LegacyURL: "https://ton.twitter.com/1.1/ton/data/dm/1/2/3.jpg", Type: wire.MediaImage}, "1:2", "1"); len(files) != 1 {
		t.Error("X's own host is not asked")
	}
}
