package bridge

import (
	"time"
)

// The states of a link, for people.
const (
	LinkUnknown  = "unknown"
	LinkOK       = "connected"
	LinkDegraded = "degraded"
	LinkPaused   = "paused"
)

// Link is how the connection to one side of a channel is.
type Link struct {
	State string
	// Detail says in words what is wrong and what to do; empty when nothing is.
	Detail string
	// Since is when it was last asked or went wrong; zero for never.
	Since time.Time
	// Failure is what Detail says, in its parts; nil while nothing is wrong but a limit of the side's.
	Failure *Failure
	// RetryAt is when Perch tries the side again; zero when that is not known.
	RetryAt time.Time
	// IsUnreached is set while the side has not answered once.
	IsUnreached bool
}

// Tally counts the messages of one direction.
type Tally struct{ Queued, Delivered, Undecided, Dead int }

// ChannelStatus is a channel as people see it.
type ChannelStatus struct {
	Name      string
	Account   Account
	X, Motion Link
	In, Out   Tally
	Encrypted int
	Chat      ChatStatus
	Blocked   []Blocked
	// OldestIn and OldestOut are when those messages came in that wait the longest; zero when none waits, and while the journal
	// cannot be read.
	OldestIn, OldestOut time.Time
}

// Status is a snapshot of everything that people ask about.
type Status struct {
	Paused bool
	// PausedUntil is when a pause ends by itself; zero for never.
	PausedUntil time.Time
	// Journal is how the journal is. While it cannot be read, the counts are the last that could be.
	Journal  Link
	Channels []ChannelStatus
}

// Add counts in messages of one sort.
func (t *Tally) Add(n Count) {
	switch n.State {
	case Queued, Sending:
		t.Queued += n.N
	case Delivered:
		t.Delivered += n.N
	case Undecided:
		t.Undecided += n.N
	case Dead:
		t.Dead += n.N
	case Discarded:
	}
}

// TallyOf counts a channel's messages, both ways, and those of them that came encrypted and were not opened. Perch's own
// lines to agents are no customers' messages.
func TallyOf(channel string, counts []Count) (in, out Tally, encrypted int) {
	for _, n := range counts {
		if n.Channel != channel || (n.Kind == KindNote && n.State == Delivered) {
			continue
		}
		if n.Direction == Out {
			out.Add(n)
		} else {
			in.Add(n)
		}
		if n.Kind == KindEncrypted {
			encrypted += n.N
		}
	}
	return in, out, encrypted
}

// Limit is what is known of one of X's limits, and how many messages wait for calls that it bounds.
type Limit struct {
	Channel  string
	Endpoint string
	Windows  []Window
	Waiting  int
}

// Blocked tells people why a lane waits.
type Blocked struct {
	Lane    Lane
	Failure Failure
	Since   time.Time
	// Until is when Perch tries again; zero when that is not a matter of time.
	Until time.Time
}

// Trace is a message as each of the two sides sees it.
type Trace struct {
	// Received is what came in, as it came, and may hold other messages too; nil when it is not kept any more or Perch wrote
	// the message itself.
	Received *Post
	// Calls are those that carry the message to the other side, in their order, without those that carry files. They are
	// made by the functions that the delivery uses. What was set aside or will never go has none.
	Calls []Call
}
