package wire_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"perch/bridge/xchat/wire"
)

func TestEventsAreReadAsWritten(t *testing.T) {
	for name, detail := range map[string]wire.Detail{
		"message":   {Kind: wire.KindMessage, Message: wire.Message{Contents: []byte{1, 2}, KeyVersion: "9", IsEncrypted: true}},
		"plain":     {Kind: wire.KindMessage, Message: wire.Message{Contents: []byte{1, 2}}},
		"no key":    {Kind: wire.KindMessage, Message: wire.Message{Contents: []byte{}, KeyVersion: "", IsEncrypted: true}},
		"keys":      {Kind: wire.KindKeyChange, KeyChange: wire.KeyChange{Version: "9", Participants: []wire.ParticipantKey{{"1", "a", "2"}, {"2", "b", "3"}}}},
		"failure":   {Kind: wire.KindFailure, Failure: wire.Failure{Type: 12, Tier: 3}},
		"deletion":  {Kind: wire.KindDelete, Delete: wire.Delete{SequenceIDs: []string{"1", "2"}, Action: 2}},
		"no action": {Kind: wire.KindDelete},
	} {
		want := wire.Event{
			SequenceID: "5", PreviousID: "4", MessageID: "m", SenderID: "1", ConversationID: "1:2", Token: "t", CreatedAt: "7", IsTrusted: true,
			Signature: &wire.Signature{Signature: "s", KeyVersion: "2", Version: "7"}, Detail: detail,
		}
		raw := want.Encode(detail.Encode())
		if got, err := wire.ParseEvent(raw); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v (%v)", name, got, want, err)
		}
		if bare, err := wire.Bare(append(append([]byte{0x0c, 0, 1}, raw...), 0)); err != nil || string(bare) != string(raw) {
			t.Errorf("%s: taken out of its wrapper it is %x, %v", name, bare, err)
		}
	}
}

func TestEntriesAreReadAsWritten(t *testing.T) {
	for name, want := range map[string]wire.Entry{
		"text":     {Kind: wire.EntryText, Text: wire.Text{Text: "x"}},
		"reaction": {Kind: wire.EntryReaction, Reaction: wire.Reaction{SequenceID: "1", Emoji: "❤️"}},
		"removal":  {Kind: wire.EntryReactionRemove, Reaction: wire.Reaction{SequenceID: "1", Emoji: "❤️"}},
		"edit":     {Kind: wire.EntryEdit, Edit: wire.Edit{SequenceID: "1", Text: "y"}},
		"reply": {Kind: wire.EntryText, Text: wire.Text{Text: "x", Preview: &wire.Preview{
			SenderID: 7, Text: "y", SequenceID: "1", MessageID: "m", Event: []byte{0}, Edit: []byte{0}, KeyChanges: [][]byte{{0}, {0}},
		}}},
		"files": {Kind: wire.EntryText, Text: wire.Text{Attachments: []wire.Attachment{
			{Kind: wire.AttachmentMedia, Media: wire.Media{HashKey: "a", Width: 1, Height: 2, Type: wire.MediaVideo, Duration: 3, Size: 4, Filename: "f", AttachmentID: "i"}},
			{Kind: wire.AttachmentPost, PostID: "1", URL: "u"},
			{Kind: wire.AttachmentURL, URL: "u", Title: "t"},
		}}},
	} {
		if got, err := wire.ParseEntry(want.Encode()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v (%v)", name, got, want, err)
		}
	}
}

func TestWhatIsReadOnly(t *testing.T) {
	text := func(fields string) []byte { return []byte("\x0c\x00\x01\x0c\x00\x01" + fields + "\x00\x00\x00") }
	one := func(id, text string) string { return "\x0b\x00" + id + "\x00\x00\x00" + string(rune(len(text))) + text }
	for name, tc := range map[string]struct {
		raw  []byte
		want wire.Text
	}{
		"choice":      {text("\x0c\x00\x08\x0c\x00\x02\x0c\x00\x01" + one("\x01", "r") + one("\x02", "m") + one("\x03", "o") + "\x00\x00\x00"), wire.Text{Choice: &wire.Choice{RequestID: "r", Metadata: "m", OptionID: "o"}}},
		"an offer":    {text("\x0c\x00\x08\x0c\x00\x01\x00\x00"), wire.Text{}},
		"forwarded":   {text("\x0c\x00\x06" + one("\x01", "f") + "\x00"), wire.Text{Forwarded: "f"}},
		"buttons":     {text("\x0f\x00\x09\x0c\x00\x00\x00\x01" + one("\x01", "l") + one("\x02", "u") + "\x00"), wire.Text{Buttons: []wire.Button{{Label: "l", URL: "u"}}}},
		"a card":      {text("\x0f\x00\x03\x0c\x00\x00\x00\x01\x0c\x00\x04" + one("\x01", "u") + "\x00\x00"), wire.Text{Attachments: []wire.Attachment{{Kind: wire.AttachmentCard, URL: "u"}}}},
		"money":       {text("\x0f\x00\x03\x0c\x00\x00\x00\x01\x0c\x00\x05" + one("\x01", "5 €") + "\x00\x00"), wire.Text{Attachments: []wire.Attachment{{Kind: wire.AttachmentMoney, Text: "5 €"}}}},
		"a jet":       {text("\x0f\x00\x03\x0c\x00\x00\x00\x01\x0c\x00\x06" + one("\x03", "u") + "\x00\x00"), wire.Text{Attachments: []wire.Attachment{{Kind: wire.AttachmentJet, URL: "u"}}}},
		"unknown":     {text("\x0f\x00\x03\x0c\x00\x00\x00\x01\x0c\x00\x07\x00\x00"), wire.Text{Attachments: []wire.Attachment{{Kind: 7}}}},
		"a legacy":    {text("\x0f\x00\x03\x0c\x00\x00\x00\x01\x0c\x00\x01" + one("\x08", "u") + "\x00\x00"), wire.Text{Attachments: []wire.Attachment{{Kind: wire.AttachmentMedia, Media: wire.Media{LegacyURL: "u"}}}}},
		"a new field": {text(one("\x01", "x") + one("\x63", "y")), wire.Text{Text: "x"}},
	} {
		if got, err := wire.ParseEntry(tc.raw); err != nil || !reflect.DeepEqual(got.Text, tc.want) {
			t.Errorf("%s: %+v, want %+v (%v)", name, got.Text, tc.want, err)
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"Ab3": true, strings.Repeat("z", 50): true, "": false, strings.Repeat("z", 51): false, "../x": false, "a b": false, "a/b": false, "é": false, "a?b": false, "a\n": false,
	} {
		if got := (wire.Media{HashKey: name}).HasKey(); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestTheLastOfTwoCounts(t *testing.T) {
	one := wire.Detail{Kind: wire.KindDelete, Delete: wire.Delete{SequenceIDs: []string{"1"}, Action: 1}}.Encode()
	two := wire.Detail{Kind: wire.KindDelete, Delete: wire.Delete{SequenceIDs: []string{"2"}, Action: 2}}.Encode()
	both := append(append([]byte{0x0c, 0, 7}, one[:len(one)-2]...), two[3:]...) // one structure with every field twice
	e, err := wire.ParseEvent(append(both, 0))
	if err != nil || !reflect.DeepEqual(e.Detail.Delete, wire.Delete{SequenceIDs: []string{"2"}, Action: 2}) {
		t.Errorf("it is %+v, %v", e.Detail.Delete, err)
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  []byte
		want error
	}{
		"too long":       {make([]byte, wire.MaxEvent+1), wire.ErrSize},
		"no detail":      {[]byte{0x0c, 0, 7, 0, 0}, wire.ErrUnion},
		"two details":    {[]byte{0x0c, 0, 7, 0x0c, 0, 1, 0, 0x0c, 0, 3, 0, 0, 0}, wire.ErrUnion},
		"as long as can": {make([]byte, wire.MaxEvent), nil},
		"a new kind":     {[]byte{0x0c, 0, 7, 0x0c, 0, 99, 0, 0, 0}, nil},
	} {
		if _, err := wire.ParseEvent(tc.raw); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	if bare, err := wire.Bare([]byte{0x0b, 0, 1, 0, 0, 0, 0, 0, 7, 7}); err != nil || len(bare) != 8 {
		t.Errorf("what follows an event is a part of it: %x, %v", bare, err)
	}
	for name, raw := range map[string][]byte{"too long": make([]byte, wire.MaxEvent+1), "a batch": {0x0c, 0, 3, 0, 0}, "garbage": {9, 9}} {
		if event, err := wire.Bare(raw); err == nil || event != nil {
			t.Errorf("%s: %d bytes, %v", name, len(event), err)
		}
	}
	if _, err := wire.ParseEntry([]byte{0x0c, 0, 1, 0, 0}); !errors.Is(err, wire.ErrUnion) {
		t.Errorf("a message of nothing: %v", err)
	}
}
