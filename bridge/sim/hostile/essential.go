package hostile

import "slices"

// essentialMembers are those of an event without which nobody can know what it is, whose, or from whom. The references
// promise them.
var essentialMembers = []string{
	"data", "data.event_type", "data.filter", "data.filter.user_id", "data.payload", "data.payload.id", "data.payload.author_id", "data.payload.sender_id",
	"data.payload.direct_message_events", "data.payload.encoded_event", "for_user_id", "direct_message_events", "tweet_create_events", "tweet_create_events.*",
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
