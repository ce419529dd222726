package tray

import (
	"perch/app/control"
	"perch/assets"
)

// icon chooses the state of the icon: what needs a person before what a person has done before what mends itself.
func icon(s Snapshot) string {
	switch s.Phase {
	case "", PhaseStarting, PhaseRestarting, PhaseStopping:
		return assets.Starting
	case PhaseSilent:
		return assets.Degraded
	case PhaseDown:
		if s.Locked {
			return assets.Attention
		}
		return assets.Stopped
	case PhaseUp:
	}
	bad, _ := worst(troubles(s.Status))
	switch {
	case bad.level == needsYou || NeedsYou(s.Status) > 0:
		return assets.Attention
	case s.Status.State == control.StatePaused:
		return assets.Paused
	case bad.level == degraded || s.Status.State == control.StateDegraded:
		return assets.Degraded
	}
	return assets.Running
}
