package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

// relayLimit bounds a question to the relay.
const relayLimit = 3 * time.Second

// askRelay asks the relay, if one runs.
func (e *exam) askRelay(ctx context.Context) {
	if e.Relay == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, relayLimit)
	defer cancel()
	status, err := e.Relay.Status(ctx)
	if err == nil {
		e.relay.isRunning, e.relay.status = true, status
		e.relay.urls, err = e.Relay.URLs(ctx)
	}
	e.relay.asked = err
	if err != nil && !errors.Is(err, control.ErrNotRunning) {
		e.relay.err = err
	}
}

// checkRelay says how the relay sees itself. It comes last: what is wrong with it was mostly found before.
func (e *exam) checkRelay(context.Context) result {
	s, silence := e.relay.status, control.Silence(e.relay.asked, errors.Is(e.lockErr, ErrHeld))
	switch {
	case silence != nil && !e.relay.isRunning:
		return bad(silence.Message, silence.Remedy)
	case e.relay.err != nil && !e.relay.isRunning:
		return bad("a relay runs but does not answer as it should", "stop it and start it again: perch restart")
	case !e.relay.isRunning:
		return warn("the relay is not running, so nothing is delivered", "start it with: perch start")
	case e.Version != "" && s.Version != e.Version:
		return warn(fmt.Sprintf("the relay is version %s, this is %s", s.Version, e.Version), "take the new one into use with: perch restart")
	case s.State == control.StatePaused:
		return warn("somebody has paused the deliveries; what comes in is kept", "go on with: perch resume")
	}
	if r := troubleOf(s); r.state != OK {
		return r
	}
	return fine(fmt.Sprintf("it runs (process %d) and sees nothing wrong", s.PID))
}

// troubleOf is what the relay itself says that is wrong. The backups have a check of their own, and a limit of X's is no fault.
func troubleOf(s control.Status) result {
	for _, c := range s.Conditions {
		text := c.What
		if c.Channel != "" {
			text += " (channel " + c.Channel + ")"
		}
		switch {
		case c.Level == control.Note || c.Side == control.SideBackup || c.Side == control.SideLimit:
		case c.Side == control.SideMessages:
			return warn(c.Title()+": "+text, c.Remedy)
		default:
			return bad(c.Title()+": "+text, cmp.Or(c.Remedy, "see what perch doctor found above; when it is mended: perch resume"))
		}
	}
	return fine("")
}

// planDelegated lets the relay make the checks that need secrets.
func (e *exam) planDelegated() {
	for _, ch := range e.Config.Channels {
		made := map[string]*check{}
		for _, what := range control.Checks() {
			d := delegated[what]
			if what == control.CheckPublicAddress && e.Config.Reach.Mode != config.ModeWebhook {
				continue
			}
			made[what] = e.add(check{
				name: what, title: d.title, channel: ch.Name, needs: some(made[d.needs]),
				run: func(ctx context.Context) result { return e.delegate(ctx, what, ch.Name) },
			})
		}
	}
}

// delegated are the relay's checks, each with the one that it stands on.
var delegated = map[string]struct{ title, needs string }{
	control.CheckXKeys:             {"X keys", ""},
	control.CheckXPermissions:      {"X permission", control.CheckXKeys},
	control.CheckMotionURL:         {"way to Motion", ""},
	control.CheckMotionCredentials: {"Motion account", control.CheckMotionURL},
	control.CheckAttachments:       {"files in Motion", control.CheckMotionCredentials},
	control.CheckPublicAddress:     {"public address", ""},
}

func (e *exam) delegate(ctx context.Context, what, channel string) result {
	r, err := e.Relay.CheckSettings(ctx, what, control.CheckRequest{Channel: channel})
	switch {
	case err != nil:
		return skip("the relay could not make the check: " + bridge.AsError(err).Message)
	case r.OK:
		return fine(r.Message)
	case r.Remedy == "":
		r.Remedy = "look at: perch logs --level warn"
	}
	return bad(r.Message, r.Remedy)
}
