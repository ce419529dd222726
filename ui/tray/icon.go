package tray

import (
	"perch/app/control"
	"perch/assets"
)

// icon chooses the state of the icon; of a relay that answers it is the relay's own.
func icon(s Snapshot) string {
	switch s.Phase {
	case "", PhaseStarting, PhaseRestarting, PhaseStopping:
		return assets.Starting
	case PhaseDown:
		if s.Locked {
			return assets.Attention
		}
		return assets.Stopped
	case PhaseUp, PhaseSilent:
	}
	if s.Status.IsHung() {
		return assets.Attention
	}
	return faces[s.Status.Face()]
}

// faces are the icons of a relay that answers.
var faces = map[control.Face]string{
	control.FaceWell: assets.Running, control.FaceNeedsYou: assets.Attention, control.FaceHealing: assets.Degraded,
	control.FacePaused: assets.Paused, control.FaceStopped: assets.Stopped,
	control.FaceSilent: assets.Degraded,
}
