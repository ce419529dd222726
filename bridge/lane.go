package bridge

import "strings"

// Lane is one channel's queue towards one side. Each has a circuit breaker of its own, so that
// one which has tripped never holds up another: "support/in", "support/in/files", "support/out/dm", "support/out/post".
type Lane string

// LaneOf returns the lane of a message.
func LaneOf(channel string, direction Direction, kind MessageKind) Lane {
	switch {
	case direction == In:
		return Lane(channel + "/in")
	case kind == KindDM:
		return Lane(channel + "/out/dm")
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
		LaneOf(channel, Out, KindDM), LaneOf(channel, Out, KindReply),
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
