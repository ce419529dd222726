package doctor

import (
	"context"
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

func (x *xSide) checkClock(context.Context) result {
	ahead, ok := x.tokenAnswer.ahead()
	const remedy = "switch on automatic time (NTP) on this computer"
	switch {
	case !ok:
		return skip("X did not tell its time")
	case ahead.Abs() >= clockTrouble:
		return bad("the clock of this computer is "+offText(ahead)+": X refuses signatures of another time", remedy)
	case ahead.Abs() > clockNotice:
		return warn("the clock of this computer is "+offText(ahead), remedy)
	}
	return fine(fmt.Sprintf("the clock of this computer agrees with X's (%s)", ahead))
}

// checkClock compares with Motion's clock, which matters less: nothing is signed there.
func (m *motionSide) checkClock(context.Context) result {
	ahead, ok := m.accountAnswer.ahead()
	switch {
	case !ok:
		return skip("Motion did not tell its time")
	case ahead.Abs() > clockNotice:
		return warn("this computer's clock is "+offText(ahead)+" by Motion's: messages show the wrong time",
			"switch on automatic time (NTP) on the computer that is wrong: this one or the Motion server")
	}
	return fine(fmt.Sprintf("the clock of this computer agrees with Motion's (%s)", ahead))
}
