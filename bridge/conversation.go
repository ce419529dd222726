package bridge

import "strings"

// The sorts of conversation: in private, with one person, or in public, about one post or with its author.
const (
	aboutDirect = "dm"
	aboutPost   = "post"
)

// InboundConversation keys the order of what comes from a person. isPublic tells what everybody can see from what only
// the account can.
func InboundConversation(channel, personID string, isPublic bool) string {
	about := aboutDirect
	if isPublic {
		about = aboutPost
	}
	return conversation(channel, In, about, personID)
}

// DirectConversation keys the order of direct messages to a person.
func DirectConversation(channel, personID string) string {
	return conversation(channel, Out, aboutDirect, personID)
}

// HandleConversation keys the order of direct messages to somebody who is known by the handle only.
func HandleConversation(channel, handle string) string {
	return conversation(channel, Out, aboutDirect, "@"+strings.ToLower(handle))
}

// PostConversation keys the order of public replies to a post.
func PostConversation(channel, postID string) string {
	return conversation(channel, Out, aboutPost, postID)
}

func conversation(channel string, direction Direction, about, with string) string {
	return strings.Join([]string{channel, string(direction), about, with}, "/")
}
