package overview

import (
	"perch/app/control"
	"perch/ui/format"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// summary is the first page.
type summary struct {
	// State and Tone name how the relay is, About says it in a sentence.
	State, About string
	Tone         format.Tone
	// CanStart, CanStop and CanPause say which buttons work; IsPaused turns pause into resume.
	CanStart, CanStop, CanPause, IsPaused bool
	// Hint is the worst thing and Remedy what to do about it; empty when all is well.
	Hint, Remedy string
	HintTone     format.Tone
	Chains       []chainText
	Waiting      int
	NeedYou      int
	In, Out      int
	// IsDemo is set for the relay of a demo, which can neither be started nor stopped from here.
	IsDemo bool
}

// makeSummary makes the first page.
func makeSummary(d snapshot.Data, t *translation.Texts) summary {
	o := summary{Waiting: d.Waiting(), NeedYou: d.NeedYou(), IsPaused: d.Status.State == control.StatePaused}
	o.IsDemo = d.Status.Demo
	idle := d.Doing == "" && !o.IsDemo
	o.CanStart, o.CanStop, o.CanPause = idle && d.Asked && !d.Running && !d.IsSilent(), idle && d.Running, d.Doing == "" && d.Running
	o.State, o.About, o.Tone = format.RelayState(d, t)
	for _, c := range d.Status.Channels {
		o.In += c.Inbound.Delivered
		o.Out += c.Outbound.Delivered
		o.Chains = append(o.Chains, makeChain(c, d, t))
	}
	if !d.Running && len(o.Chains) == 0 {
		o.Chains = []chainText{makeChain(control.Channel{}, d, t)}
	}
	o.hint(d, t)
	return o
}

// hint picks the one thing to say first: the worst condition of the relay.
func (o *summary) hint(d snapshot.Data, t *translation.Texts) {
	switch {
	case d.Doing != "" || !d.Asked:
	case d.Problem != nil:
		o.Hint, o.Remedy, o.HintTone = format.Sentence(d.Problem.Message), format.Advice(d.Problem.Remedy, t), format.Bad
	case !d.Running && o.IsDemo:
		o.Hint, o.Remedy, o.HintTone = t.T("window.demo.over"), t.T("window.demo.over.do"), format.Warn
	case d.Kept:
		o.keptHint(d, t)
	case !d.Running:
		o.Hint, o.Remedy, o.HintTone = t.T("window.hint.stopped"), t.T("window.hint.stopped.do"), format.Warn
	default:
		if worst, found := d.Status.Worst(); found {
			o.Hint = format.Title(worst, len(d.Status.Channels) > 1, d.Now, t)
			o.Remedy, o.HintTone = format.Why(worst, d.Status, d.Now, t), format.ToneOf(worst.Level)
		}
	}
}

// keptHint says that nothing runs, unless a relay does that cannot be asked, or the journal that one has left cannot be read.
func (o *summary) keptHint(d snapshot.Data, t *translation.Texts) {
	side := control.SideKept
	o.Hint, o.Remedy, o.HintTone = format.Kept(d, t), t.T("window.hint.stopped.do"), format.Warn
	if d.IsSilent() {
		side = control.SideRelay
	}
	if broken, found := d.Status.Of(side, ""); found {
		o.Hint, o.Remedy, o.HintTone = format.Title(broken, false, d.Now, t), format.Why(broken, d.Status, d.Now, t), format.ToneOf(broken.Level)
	}
}
