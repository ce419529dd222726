package kept

import (
	"context"
	"errors"
	"time"

	"perch/app/control"
	"perch/app/lockfile"
	"perch/bridge"
)

// askLimit bounds the question how the relay is: one that is well answers within milliseconds, also on a busy machine
// within seconds.
const askLimit = 5 * time.Second

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

// isHeld reports whether a relay holds the folder.
func (r *Relay) isHeld() bool { return lockfile.IsHeld(r.journal.home.Lock()) }

// needsRelay says of an act that found no relay that nothing was done.
func (r *Relay) needsRelay(act string, err error) error {
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	if why := control.Silence(err, r.isHeld()); why != nil {
		return silentError(act, why)
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: act, Message: "the relay has to run for this, and it is stopped; nothing was changed",
		Remedy: "start the relay with: perch start", Err: err,
	}
}
