package alert

import "time"

// Quiet are hours of each day by the clock of this computer. The zero value is none.
type Quiet struct {
	// From and To are minutes after midnight; From is within, To is not. They may be on both sides of midnight.
	From, To int
}

// Holds reports whether it is quiet at t.
func (q Quiet) Holds(t time.Time) bool {
	hour, minute, _ := t.Local().Clock()
	now := hour*60 + minute
	switch {
	case q.From == q.To:
		return false
	case q.From < q.To:
		return now >= q.From && now < q.To
	}
	return now >= q.From || now < q.To
}
