package xchat

import (
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

func (r *Reader) message(e wire.Event, m Meta) Finding {
	if !e.Detail.Message.IsEncrypted {
		return plain(e, m)
	}
	m.KeyVersion = e.Detail.Message.KeyVersion
	if stop := r.verify(e, m, messagePayload(e), m.KeyVersion); stop != nil {
		return stop
	}
	key, ok := r.Conversations.ConversationKey(m.Conversation, m.KeyVersion)
	if !ok {
		return &Waiting{Meta: m, Need: Need{KeyVersion: m.KeyVersion}}
	}
	entry, reason := decrypt(e, key)
	if reason != 0 {
		return &Refused{Meta: m, Reason: reason}
	}
	return r.entry(entry, m)
}

// decrypt opens what is inside an event that has been verified.
func decrypt(e wire.Event, key keys.Conversation) (wire.Entry, Reason) {
	raw, err := key.Open(e.Detail.Message.Contents)
	if err != nil {
		return wire.Entry{}, BadBox
	}
	entry, err := wire.ParseEntry(raw)
	if err != nil {
		return wire.Entry{}, BadContent
	}
	return entry, 0
}

func (r *Reader) entry(entry wire.Entry, m Meta) Finding {
	switch entry.Kind {
	case wire.EntryText:
		return &Message{Meta: m, Content: contentOf(entry.Text), Reply: r.reply(entry.Text.Preview, m)}
	case wire.EntryReaction, wire.EntryReactionRemove:
		t := entry.Reaction
		return &Reaction{Meta: m, Target: t.SequenceID, Emoji: t.Emoji, IsRemoved: entry.Kind == wire.EntryReactionRemove}
	case wire.EntryEdit:
		return &Edit{Meta: m, Target: entry.Edit.SequenceID, Text: entry.Edit.Text}
	case wire.EntryCallStarted, wire.EntryCallEnded, wire.EntryCallMissed, wire.EntryScreenCapture:
		return &Notice{Meta: m, Kind: entry.Kind}
	}
	return &Ignored{Meta: m, What: entryName(entry.Kind)}
}

// plain reads a message that was not encrypted. Only words come out of it: what would change other messages does not.
func plain(e wire.Event, m Meta) Finding {
	entry, err := wire.ParseEntry(e.Detail.Message.Contents)
	switch {
	case err != nil:
		return &Refused{Meta: m, Reason: BadContent}
	case entry.Kind != wire.EntryText:
		return &Ignored{Meta: m, What: "unencrypted " + entryName(entry.Kind)}
	}
	return &Plain{Meta: m, Unverified: contentOf(entry.Text)}
}

func contentOf(t wire.Text) Content {
	return Content{Text: t.Text, Attachments: t.Attachments, Forwarded: t.Forwarded, Choice: t.Choice, Buttons: t.Buttons}
}

// UnknownContent is what a verified message holds that this package does not know: it is for people, maybe.
const UnknownContent = "unknown content"

func entryName(kind wire.EntryKind) string {
	names := map[wire.EntryKind]string{
		wire.EntryNone: "nothing", wire.EntryReaction: "reaction", wire.EntryReactionRemove: "reaction", wire.EntryEdit: "edit",
		wire.EntryRead: "read", wire.EntryUnread: "unread", wire.EntryPin: "pin", wire.EntryUnpin: "pin", wire.EntryScreenCapture: "screen capture",
		wire.EntryCallEnded: "call", wire.EntryCallMissed: "call", wire.EntryCallStarted: "call", wire.EntryDraft: "draft",
		wire.EntryAcceptRequest: "request accepted", wire.EntryNickname: "nickname", wire.EntryVerifiedStatus: "verified status",
	}
	if name, ok := names[kind]; ok {
		return name
	}
	return UnknownContent
}
