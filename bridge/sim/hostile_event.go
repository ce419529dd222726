package sim

import (
	"bytes"
	"slices"
)

// essentialMembers are those of an event without which nobody can know what it is, whose, or from whom. The references
// promise them.
var essentialMembers = []string{
	"data", "data.event_type", "data.filter", "data.filter.user_id", "data.payload", "data.payload.id", "data.payload.author_id", "data.payload.sender_id",
	"data.payload.direct_message_events", "for_user_id", "direct_message_events", "tweet_create_events", "tweet_create_events.*",
	"tweet_create_events.*.id_str", "tweet_create_events.*.user", "tweet_create_events.*.user.id_str",
}

// isEssential reports whether a member of an event is needed to know what it is.
func isEssential(path string) bool {
	if slices.Contains(essentialMembers, path) {
		return true
	}
	for _, list := range []string{"direct_message_events", "data.payload.direct_message_events"} {
		for _, below := range []string{"", ".id", ".type", ".message_create", ".message_create.sender_id", ".message_create.target", ".message_create.target.recipient_id"} {
			if path == list+".*"+below {
				return true
			}
		}
	}
	return false
}

// essentialOfReply reports whether a member of a reply decides what is sent, or that nothing is.
func essentialOfReply(path string) bool {
	return slices.Contains([]string{"body", "AttachmentId", "direction", "secret"}, path)
}

// oddEvent returns the oddity that strikes the event in raw; nil for none.
func (x *X) oddEvent(raw []byte) *spoiler {
	return x.odd.next(func(o *Oddity) bool { return o.Endpoint == Events && bytes.Contains(raw, []byte(o.For)) })
}

// parcels are what is posted for an event: the body as it is, or what an oddity makes of it.
func (x *X) parcels(raw []byte) []parcel {
	odd := x.oddEvent(raw)
	if odd == nil {
		return []parcel{plainParcel(raw)}
	}
	all := odd.post(raw, isEssential)
	x.odd.note(odd, all[0].body, 0, true)
	return all
}

// oddLine is what a stream sends for a line, and what it keeps for clients that come later.
func (x *X) oddLine(raw []byte) (sent, kept []byte) {
	odd := x.oddEvent(raw)
	if odd == nil {
		return raw, raw
	}
	sent, kept = odd.lines(raw)
	x.odd.note(odd, sent, 0, true)
	return sent, kept
}

// replyParcels are what Motion posts to the Reply URL.
func (m *Motion) replyParcels(raw []byte) []parcel {
	odd := m.odd.next(func(o *Oddity) bool { return o.Endpoint == Replies && bytes.Contains(raw, []byte(o.For)) })
	if odd == nil {
		return []parcel{plainParcel(raw)}
	}
	all := odd.post(raw, essentialOfReply)
	m.odd.note(odd, all[0].body, 0, true)
	return all
}
