package overview

import (
	"cmp"
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// gapShown is how long a gap in X's events is shown after it has ended.
const gapShown = 24 * time.Hour

// chatSettles is how long X may take after a start to tell whose keys of encrypted chat they are.
const chatSettles = time.Minute

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
	o.CanStart, o.CanStop, o.CanPause = idle && d.Asked && !d.Running, idle && d.Running, d.Doing == "" && d.Running
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
	if o.Remedy != "" {
		o.Remedy = format.Advice(o.Remedy, t)
	}
	return o
}

// hint picks the one thing to say first.
//
//nolint:gocyclo // one line a thing
func (o *summary) hint(d snapshot.Data, t *translation.Texts) {
	switch {
	case d.Doing != "" || !d.Asked:
		return
	case d.Problem != nil:
		o.Hint, o.Remedy, o.HintTone = format.Sentence(d.Problem.Message), format.Sentence(d.Problem.Remedy), format.Bad
		return
	case !d.Running && o.IsDemo:
		o.Hint, o.Remedy, o.HintTone = t.T("window.demo.over"), t.T("window.demo.over.do"), format.Warn
		return
	case !d.Running:
		o.Hint, o.Remedy, o.HintTone = t.T("window.hint.stopped"), t.T("window.hint.stopped.do"), format.Warn
		return
	}
	if j := d.Status.Journal; j.State == format.Degraded { // nothing else matters as long as nothing can be kept
		o.Hint, o.Remedy = cutSentence(j.Detail)
		o.HintTone = format.Bad
		return
	}
	for _, chain := range o.Chains {
		for _, hop := range chain.Hops {
			if hop.Detail == "" || (hop.Tone != format.Bad && hop.Tone != format.Warn) || (o.Hint != "" && hop.Tone <= o.HintTone) {
				continue
			}
			what, remedy := cutSentence(hop.Detail)
			if !strings.HasPrefix(what, hop.Name) {
				what = hop.Name + ": " + what
			}
			o.Hint, o.Remedy, o.HintTone = what, remedy, hop.Tone
		}
	}
	if o.Hint == "" {
		o.chatHint(d, t)
	}
	if failed := d.Status.Backup.Error; o.Hint == "" && failed != "" {
		o.Hint, o.Remedy, o.HintTone = t.T("window.hint.backup"), format.Sentence(failed), format.Warn
	}
	if gaps := d.Status.Reach.Gaps; o.Hint == "" && len(gaps) > 0 {
		last := gaps[len(gaps)-1]
		if last.Lost != "" && d.Now.Sub(last.To) < gapShown {
			o.Hint, o.HintTone = t.T("window.hint.gap", format.Clock(last.From, d.Now, t), format.Clock(last.To, d.Now, t)), format.Warn
			o.Remedy = format.Sentence(last.Lost)
		}
	}
	if o.Hint == "" && o.IsPaused {
		o.Hint, o.Remedy, o.HintTone = t.T("window.hint.paused"), t.T("window.hint.paused.do"), format.Warn
	}
	if u := d.Status.Update; o.Hint == "" && u != nil && u.Newer {
		o.Hint, o.HintTone = t.T("window.hint.update", u.Latest), format.Busy
		o.Remedy = t.T("window.hint.update.do", cmp.Or(u.Page, t.T("window.hint.update.page")))
	}
	if unread := unreadable(d); o.Hint == "" && unread > 0 {
		o.Hint, o.Remedy, o.HintTone = t.N("window.hint.encrypted", unread), t.T("window.hint.encrypted.do"), format.Busy
	}
}

// chatHint says what is wrong with the keys of encrypted chat.
func (o *summary) chatHint(d snapshot.Data, t *translation.Texts) {
	isSettled := d.Status.Started != nil && d.Now.Sub(*d.Status.Started) > chatSettles
	for _, c := range d.Status.Channels {
		if c.Chat.NeedsLook() || (isSettled && c.Chat.State == format.Degraded) {
			what, remedy := cutSentence(c.Chat.Detail)
			o.Hint, o.Remedy, o.HintTone = t.T("window.chat")+": "+what, remedy, format.Warn
			return
		}
	}
}

// unreadable counts the messages that came encrypted where there is no key.
func unreadable(d snapshot.Data) int {
	n := 0
	for _, c := range d.Status.Channels {
		if c.Chat.IsOff() {
			n += c.Encrypted
		}
	}
	return n
}

// cutSentence parts what is wrong from what to do about it.
func cutSentence(text string) (what, remedy string) {
	for _, between := range []string{". ", "; "} {
		if what, remedy, found := strings.Cut(text, between); found {
			return format.Sentence(what), format.Sentence(remedy)
		}
	}
	return format.Sentence(text), ""
}
