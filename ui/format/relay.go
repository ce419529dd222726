package format

import (
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// Degraded is the state of a link in trouble.
const Degraded = "degraded"

// RelayState names how the relay is and says it in a sentence; about may be empty. The name and the tone of a relay that has
// answered are those of its face, as in the tray.
func RelayState(d snapshot.Data, t *translation.Texts) (state, about string, tone Tone) {
	switch {
	case d.Doing != "":
		return t.T("window.state." + d.Doing), t.T("window.about." + d.Doing), Busy
	case !d.Asked:
		return t.T("window.state.asking"), "", Idle
	case d.Problem != nil:
		return t.T("window.state.silent"), Sentence(d.Problem.Message), Bad
	case d.IsSilent():
		return t.T("face.not_answering"), Sentence(silence(d).What), FaceTone(d.Status)
	case !d.Running:
		return t.T("face.stopped"), t.T("window.about.stopped"), Idle
	}
	face := d.Status.Face()
	about = t.T("window.about.running", d.Status.Listen, upTime(d), d.Status.Version)
	if _, isFull := d.Status.Of(control.SideJournal, ""); isFull {
		about = t.T("window.about.journal")
	} else if face == control.FacePaused {
		about = t.T("window.about.paused")
	}
	return t.T("face." + string(face)), about, FaceTone(d.Status)
}

// Kept says that nothing runs and that what is shown is what the journal keeps; "" when that is not so.
func Kept(d snapshot.Data, t *translation.Texts) string {
	switch {
	case !d.Kept || d.Doing != "":
		return ""
	case d.IsSilent():
		return t.T("window.kept.silent")
	case d.Status.StoppedAt == nil, d.Status.StoppedAt.After(d.Now): // the clock was set back
		return t.T("window.kept.some_time")
	}
	return t.T("window.kept", ShortClock(*d.Status.StoppedAt, d.Now, t))
}

// silence says why a relay cannot be asked.
func silence(d snapshot.Data) control.Condition {
	c, _ := d.Status.Of(control.SideRelay, "")
	return c
}

func upTime(d snapshot.Data) string {
	if d.Status.Started == nil {
		return "–"
	}
	return Span(d.Now.Sub(*d.Status.Started).Truncate(time.Second))
}
