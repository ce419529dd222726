package session

import "time"

const (
	// pollEvery is the time between two polls of a relay that says nothing by itself, hurryAfter the least time
	// between two when it does.
	pollEvery  = 2 * time.Second
	hurryAfter = 500 * time.Millisecond
)

// poll is the asking of the relay, again and again.
type poll struct {
	asking, tailing, hurry bool
	// round changes with every command, because answers from before do not count any more.
	round    int
	last     time.Time
	limitsAt time.Time
	misses   int
}

// due is when the relay is asked next.
func (p poll) due() time.Time {
	switch {
	case p.last.IsZero():
		return time.Time{}
	case p.hurry:
		return p.last.Add(hurryAfter)
	}
	return p.last.Add(pollEvery)
}
