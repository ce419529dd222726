package doctor

import (
	"fmt"
	"net/http"
	"time"
)

// From clockNotice on a difference is told; at clockTrouble X refuses signatures (X docs: "some minutes").
const (
	clockNotice  = 30 * time.Second
	clockTrouble = 5 * time.Minute
)

// ahead returns how far the clock of whoever gave the answer is ahead of this computer's; ok is false when it does not
// tell. The header is exact to a second.
func (a *answer) ahead() (ahead time.Duration, ok bool) {
	if a == nil {
		return 0, false
	}
	theirs, err := http.ParseTime(a.header.Get("Date"))
	return theirs.Add(time.Second / 2).Sub(a.at).Round(time.Second), err == nil
}

// offText says by how much a clock is off, from this computer's point of view.
func offText(ahead time.Duration) string {
	const day = 24 * time.Hour
	text := ahead.Abs().String()
	if ahead.Abs() >= 2*day {
		text = fmt.Sprintf("%d days", ahead.Abs()/day)
	}
	if ahead < 0 {
		return text + " fast"
	}
	return text + " slow"
}
