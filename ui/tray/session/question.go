package session

import "time"

const (
	// pollEvery is the time between two questions to a relay that says nothing by itself, hurryAfter the least time
	// between two when it does.
	pollEvery  = 2 * time.Second
	hurryAfter = 500 * time.Millisecond
)

// question is the asking of the relay.
type question struct {
	asking, tailing, hurry bool
	// round changes with every command, because answers from before do not count any more.
	round    int
	last     time.Time
	limitsAt time.Time
	misses   int
}

// due is when the next question is.
func (q question) due() time.Time {
	switch {
	case q.last.IsZero():
		return time.Time{}
	case q.hurry:
		return q.last.Add(hurryAfter)
	}
	return q.last.Add(pollEvery)
}
