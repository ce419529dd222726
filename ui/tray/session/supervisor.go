package session

import (
	"time"

	"perch/ui/tray"
)

const (
	// firstDelay and lastDelay bound the wait before a relay that died is started again; each is twice the one before.
	firstDelay = time.Second
	lastDelay  = time.Minute
	// steady is how long a relay has to run for its next death to count as the first.
	steady = time.Minute
)

// supervisor decides when the relay is started by itself. The zero value has seen nothing.
type supervisor struct {
	// isWanted tells that the relay should run: it did, and nobody has stopped it.
	isWanted, isBusy bool
	// complaint is why the last command failed; whether it matters shows when the relay is asked next.
	complaint string
	// isLocked tells that the last command failed because a person has to give the vault's passphrase.
	isLocked bool
	tries    int
	upSince  time.Time
}

func (v *supervisor) mayStart(s tray.Snapshot, now time.Time) bool {
	return v.isWanted && !v.isBusy && s.Phase == tray.PhaseDown && s.IsConfigured && !s.Locked && !now.Before(s.RetryAt)
}

func (v *supervisor) takeComplaint() (complaint string, isLocked bool) {
	complaint, isLocked = v.complaint, v.isLocked
	v.complaint, v.isLocked = "", false
	return complaint, isLocked
}

func (v *supervisor) sawUp(s *tray.Snapshot, now time.Time) {
	if s.Phase != tray.PhaseUp {
		v.upSince = now
	}
	if now.Sub(v.upSince) >= steady {
		v.tries = 0
	}
	v.isWanted = true
	s.Phase, s.IsConfigured, s.Died, s.Locked, s.Failure, s.RetryAt = tray.PhaseUp, true, false, false, "", time.Time{}
}

// sawDown tells a relay that was stopped from one that died: only the former removes its socket. One that waits for a
// person's passphrase is not tried again by itself.
func (v *supervisor) sawDown(s *tray.Snapshot, now time.Time, process Process) {
	before := s.Phase
	s.Phase = tray.PhaseDown
	complaint, isLocked := v.takeComplaint()
	switch {
	case before == tray.PhaseDown:
	case before == "":
		v.isWanted = s.IsConfigured
	case !v.isWanted:
		s.Died, s.Failure, s.RetryAt = false, "", time.Time{}
	case isLocked:
		s.Died, s.Locked, s.Failure, s.RetryAt = false, true, "", time.Time{}
	case complaint != "":
		s.Failure = complaint
		v.backOff(s, now)
	case before == tray.PhaseStarting, before == tray.PhaseRestarting, process.LeftSocket():
		s.Died = true
		v.backOff(s, now)
	default:
		v.isWanted = false
	}
}

func (v *supervisor) backOff(s *tray.Snapshot, now time.Time) {
	s.RetryAt = now.Add(min(firstDelay<<min(v.tries, 10), lastDelay))
	v.tries++
}
