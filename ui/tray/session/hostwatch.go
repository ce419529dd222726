package session

import "time"

const (
	// hostEvery is the time between two questions whether anything shows the icon; each costs a few milliseconds.
	hostEvery = 30 * time.Second
	// hostPatience is how long a panel may be late, or away, before a person is told.
	hostPatience = time.Minute
)

// hostWatch is what is known of the panel that shows the icon.
type hostWatch struct {
	asking bool
	last   time.Time
	// goneSince is when there was none first; zero while there is one.
	goneSince time.Time
}

// isDue tells that it is time to ask.
func (h hostWatch) isDue(now time.Time) bool {
	return !h.asking && (h.last.IsZero() || now.Sub(h.last) >= hostEvery)
}
