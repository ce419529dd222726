package kept

import (
	"errors"

	"perch/app/control"
	"perch/app/lockfile"
	"perch/bridge"
)

// SilentRemedy is what to do about a relay that holds its folder and cannot be asked.
const SilentRemedy = "after a crash with a large journal, wait for minutes; else end its process, which this shows: pgrep -af 'perch relay'"

// silent says of a relay that holds its folder and cannot be asked how it is.
const silent = "a relay works on this folder but does not answer: it is just starting or ending"

// SilentError tells that a relay holds its folder and cannot be asked.
func SilentError(op string) error {
	return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: op, Message: silent, Remedy: "wait a little; " + SilentRemedy}
}

// isSilent reports whether a relay holds the folder, which no call has found.
func (r *Relay) isSilent() bool { return lockfile.IsHeld(r.journal.home.Lock()) }

// needsRelay says of an act that found no relay that nothing was done.
func (r *Relay) needsRelay(act string, err error) error {
	switch {
	case !errors.Is(err, control.ErrNotRunning):
		return err
	case r.isSilent():
		return SilentError(act)
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: act, Message: "the relay has to run for this, and it is stopped; nothing was changed",
		Remedy: "start the relay with: perch start", Err: err,
	}
}
