package session

import (
	"context"
	"errors"
	"time"

	"perch/app/desk"
	"perch/ui/tray"
)

// phases are what is shown while a command runs.
var phases = map[string]tray.Phase{"start": tray.PhaseStarting, "stop": tray.PhaseStopping, "restart": tray.PhaseRestarting}

// command runs perch start, stop or restart beside the loop. It goes on when the session ends: a restart must not
// end half way. Where a person has clicked and a passphrase is missing, the window opens.
func (s *Session) command(ctx context.Context, name string, isClicked bool) {
	s.Log.Info("relay command", "command", name)
	s.supervisor.isBusy, s.supervisor.isWanted = true, name != "stop"
	s.snapshot.Phase, s.snapshot.Locked, s.snapshot.RetryAt = phases[name], false, time.Time{}
	s.poll.round++
	s.background(func() func() {
		err := s.Process.Do(context.WithoutCancel(ctx), name)
		return func() {
			s.supervisor.isBusy = false
			if err != nil {
				s.Log.Warn("relay command failed", "command", name, "error", err)
				s.supervisor.complaint, s.supervisor.isLocked = s.to.Complaint(err.Error()), errors.Is(err, desk.ErrLocked)
				if s.supervisor.isLocked && isClicked {
					s.openWindow("") // its Start asks for the passphrase
				}
			}
			s.poll.round++
			s.poll.last = time.Time{} // ask at once
		}
	})
}
