package metrics

import (
	"slices"

	"perch/bridge"
)

// ignoredOther stands for all kinds that are not among ignoredKinds: X, and who signs in its name, may send any word.
const ignoredOther = "other"

// ignoredKinds are the words of the label "kind" for what is of no use: Perch's own, and the types of event that X documents.
var ignoredKinds = []string{
	"echo", "unknown_user", "mentions_off", "empty", "user_event", "repost", "other_post", "group_message", "chat_empty", "chat_failure", "chat_key_change",
	"chat.conversation.join", "chat.conversation.member_added", "chat.conversation.member_removed", "dm.indicate_typing", "dm.read", "dm.sent",
	"post.create", "post.delete", "post.repost.create", "like.create", "follow.follow", "follow.unfollow", "block.block", "block.unblock", "mute.mute", "mute.unmute",
	"block_events", "mute_events", "follow_events", "favorite_events", "tweet_delete_events", "direct_message_indicate_typing_events", "direct_message_mark_read_events",
}

// ignored counts what is of no use.
func (l *look) ignored(counts map[bridge.IgnoredKey]int) {
	sums := map[bridge.IgnoredKey]int{}
	for key, n := range counts {
		if !slices.Contains(ignoredKinds, key.Kind) {
			key.Kind = ignoredOther
		}
		sums[key] += n
	}
	for key, n := range sums {
		l.add(ignored, float64(n), key.Channel, key.Kind)
	}
}
