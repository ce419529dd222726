package bridge

import "strings"

// Lane is one channel's queue towards one side. Each has a circuit breaker of its own, so that
// one which has tripped never holds up another: "support/in", "support/in/files", "support/out/dm", "support/out/chat", "support/out/post".
type Lane string

// LaneOf returns the lane of a message.
func LaneOf(channel string, direction Direction, kind MessageKind) Lane {
	switch {
	case direction == In:
		return Lane(channel + "/in")
	case kind == KindDM:
		return Lane(channel + "/out/dm")
	case kind == KindChat:
		return Lane(channel + "/out/chat")
	default:
		return Lane(channel + "/out/post")
	}
}

// FilesLane returns the lane in which files that could not go with their message are tried on their own.
func FilesLane(channel string) Lane { return Lane(channel + "/in/files") }

// LanesOf returns all lanes of a channel.
func LanesOf(channel string) []Lane {
	return []Lane{
		LaneOf(channel, In, KindDM), FilesLane(channel),
		LaneOf(channel, Out, KindDM), LaneOf(channel, Out, KindChat), LaneOf(channel, Out, KindReply),
	}
}

// Direction returns which way the lane leads.
func (l Lane) Direction() Direction {
	if strings.Contains(string(l), "/out/") {
		return Out
	}
	return In
}

// Side returns the side that the lane delivers to.
func (l Lane) Side() Side {
	if l.Direction() == Out {
		return SideX
	}
	return SideMotion
}

// Channel returns the name of the lane's channel.
func (l Lane) Channel() string {
	name, _, _ := strings.Cut(string(l), "/")
	return name
}

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
