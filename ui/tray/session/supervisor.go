package session

import (
	"context"
	"errors"
	"time"

	"perch/app/desk"
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

// phases are what is shown while a command runs.
var phases = map[string]tray.Phase{"start": tray.PhaseStarting, "stop": tray.PhaseStopping, "restart": tray.PhaseRestarting}

// command runs perch start, stop or restart beside the loop. It goes on when the session ends: a restart must not
// end half way. Where a person has clicked and a passphrase is missing, the window opens.
func (s *Session) command(ctx context.Context, name string, isClicked bool) {
	s.Log.Info("relay command", "command", name)
	s.supervisor.isBusy, s.supervisor.isWanted = true, name != "stop"
	s.snapshot.Phase, s.snapshot.Locked, s.snapshot.RetryAt = phases[name], false, time.Time{}
	s.question.round++
	s.background(func() func() {
		err := s.Process.Do(context.WithoutCancel(ctx), name)
		return func() {
			s.supervisor.isBusy = false
			if err != nil {
				s.Log.Warn("relay command failed", "command", name, "error", err)
				s.supervisor.complaint, s.supervisor.isLocked = err.Error(), errors.Is(err, desk.ErrLocked)
				if s.supervisor.isLocked && isClicked {
					s.click(ctx, tray.ItemOpen) // its Start asks for the passphrase
				}
			}
			s.question.round++
			s.question.last = time.Time{} // ask at once
		}
	})
}
