package format

import (
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// Degraded is the state of a link in trouble.
const Degraded = "degraded"

// RelayState names how the relay is and says it in a sentence; about may be empty.
func RelayState(d snapshot.Data, t *translation.Texts) (state, about string, tone Tone) {
	switch {
	case d.Doing != "":
		return t.T("window.state." + d.Doing), t.T("window.about." + d.Doing), Busy
	case !d.Asked:
		return t.T("window.state.asking"), "", Idle
	case d.Problem != nil:
		return t.T("window.state.silent"), Sentence(d.Problem.Message), Bad
	case !d.Running:
		return t.T("window.state.stopped"), t.T("window.about.stopped"), Idle
	}
	if d.Status.Journal.State == Degraded {
		return t.T("window.state.journal"), t.T("window.about.journal"), Bad
	}
	about = t.T("window.about.running", d.Status.Listen, upTime(d), d.Status.Version)
	switch d.Status.State {
	case control.StatePaused:
		return t.T("window.state.paused"), t.T("window.about.paused"), Warn
	case control.StateDegraded:
		return t.T("window.state.degraded"), about, Warn
	}
	return t.T("window.state.running"), about, Good
}

func upTime(d snapshot.Data) string {
	if d.Status.Started == nil {
		return "–"
	}
	return Span(d.Now.Sub(*d.Status.Started).Truncate(time.Second))
}
