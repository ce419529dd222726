package control

import (
	"context"
	"errors"
	"time"

	"perch/bridge"
)

// errSilent is in the chain of the error of a call that a relay has taken and not answered in time.
var errSilent = errors.New("no answer in time")

const (
	// SilentMessage says what holds a folder and takes no calls, and SilentRemedy what to do.
	SilentMessage = "something works on this folder and does not answer: a relay that is just starting or ending, a restore, or perch doctor"
	// SilentRemedy is what to do about one that stays so.
	SilentRemedy = "if it stays so, end its process, which this shows: pgrep -af 'perch relay'"
	// hungMessage and hungRemedy are those of a relay that takes calls and answers none.
	hungMessage = "a relay runs but does not answer"
	hungRemedy  = "wait a minute; if it stays so, end its process, which this shows: pgrep -af 'perch relay'; then: perch start"
)

// Silence says why a relay that works on a folder cannot be asked: err is that of the call, and isHeld tells that a process
// holds the folder's lock. One that takes no calls is starting or ending, which passes; one that takes them and answers none
// needs somebody. It returns nil when nothing works there, and when it has answered.
func Silence(err error, isHeld bool) *Failure {
	switch {
	case errors.Is(err, errSilent):
		return &Failure{Kind: string(bridge.Operator), Message: hungMessage, Remedy: hungRemedy}
	case isHeld && errors.Is(err, ErrNotRunning) && !errors.Is(err, context.Canceled):
		return &Failure{Kind: string(bridge.Temporary), Message: SilentMessage, Remedy: "wait a little; " + SilentRemedy}
	}
	return nil
}

// Unheard says why the answer of a relay cannot be had, which needs somebody.
func Unheard(err error) Failure {
	message, remedy := Explain(err)
	return Failure{Kind: string(bridge.Operator), Message: message, Remedy: remedy}
}

// Silent is the status of a relay that cannot be asked, of which nothing else is known.
func Silent(why Failure) Status {
	s := Status{State: StateSilent, Channels: []Channel{}, Reach: Reach{Gaps: []Gap{}}, Silence: &why}
	return s.Judged(time.Time{}) // no time is in it
}

// IsLive reports whether the relay itself has told this, and not the journal in its place.
func (s Status) IsLive() bool { return s.State != StateStopped && s.State != StateSilent }

// IsHung reports whether a relay that cannot be asked needs somebody.
func (s Status) IsHung() bool {
	return s.State == StateSilent && (s.Silence == nil || s.Silence.Kind == string(bridge.Operator))
}

// silence tells of a relay that cannot be asked.
func (j *judge) silence(why *Failure) {
	if why == nil {
		why = &Failure{Kind: string(bridge.Operator), Message: hungMessage, Remedy: hungRemedy}
	}
	j.link(SideRelay, "", Link{Failure: why}, levelOf(Link{Failure: why}))
}
