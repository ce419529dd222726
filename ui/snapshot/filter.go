package snapshot

import (
	"strings"
	"time"

	"perch/app/control"
)

// Filter selects messages. The zero value selects all.
type Filter struct {
	Direction, Kind, State, Channel string
	// Search is looked for in text, handles and ids, whatever its case.
	Search string
	// Since is the time from which on messages came in; zero for all.
	Since time.Time
}

// IsZero reports whether the filter selects all.
func (f Filter) IsZero() bool { return f == Filter{} }

// Query is the filter as the relay wants it.
func (f Filter) Query() control.Query {
	return control.Query{Direction: f.Direction, Kind: f.Kind, State: f.State, Channel: f.Channel, Search: f.Search, Since: f.Since}
}

func (f Filter) passes(m *control.Message) bool {
	return (f.Direction == "" || f.Direction == m.Direction) && (f.Kind == "" || f.Kind == m.Kind) &&
		(f.State == "" || f.State == m.State) && (f.Channel == "" || f.Channel == m.Channel) &&
		!m.ReceivedAt.Before(f.Since)
}

func haystack(m *control.Message) string {
	return strings.ToLower(strings.Join([]string{m.Text, "@" + m.From, "@" + m.To, m.XID, m.MotionID, m.ThreadID}, "\x00"))
}
