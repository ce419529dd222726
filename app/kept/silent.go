package kept

import (
	"context"
	"errors"
	"time"

	"perch/app/backup"
	"perch/app/control"
	"perch/app/lockfile"
	"perch/bridge"
)

// askLimit bounds the question how the relay is: one that is well answers within milliseconds, also on a busy machine
// within seconds.
const askLimit = 10 * time.Second

// ask asks the relay how it is.
func (r *Relay) ask(ctx context.Context) (control.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	return r.Client.Status(ctx)
}

// SilentError tells that a relay holds its folder and cannot be asked.
func SilentError(op string) error {
	return silentError(op, control.Silence(control.ErrNotRunning, true))
}

func silentError(op string, why *control.Failure) error {
	return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: op, Message: why.Message, Remedy: why.Remedy}
}

// silence is why a relay that works on the folder cannot be asked; nil when none does.
func (r *Relay) silence(err error) *control.Failure {
	why := control.Silence(err, r.isHeld())
	if why != nil && errors.Is(err, control.ErrNotRunning) && backup.IsAtWork(r.journal.home) {
		return &control.Failure{Kind: string(bridge.Temporary), Message: "a restore works on this folder", Remedy: "wait until it has ended, or answer what it asks"}
	}
	return why
}

// isHeld reports whether a relay holds the folder.
func (r *Relay) isHeld() bool { return lockfile.IsHeld(r.journal.home.Lock()) }

// needsRelay says of an act that found no relay that nothing was done.
func (r *Relay) needsRelay(act string, err error) error {
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	if why := r.silence(err); why != nil {
		return silentError(act, why)
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: act, Message: "the relay has to run for this, and it is stopped; nothing was changed",
		Remedy: "start the relay with: perch start", Err: err,
	}
}
