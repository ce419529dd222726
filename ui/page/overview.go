package page

import (
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/translation"
)

// linkDegraded is the state of a link in trouble.
const linkDegraded = "degraded"

// gapShown is how long a gap in X's events is shown after it has ended.
const gapShown = 24 * time.Hour

// Overview is the first page.
type Overview struct {
	// State and Tone name how the relay is, About says it in a sentence.
	State, About string
	Tone         Tone
	// CanStart, CanStop and CanPause say which buttons work; IsPaused turns pause into resume.
	CanStart, CanStop, CanPause, IsPaused bool
	// Hint is the worst thing and Remedy what to do about it; empty when all is well.
	Hint, Remedy string
	HintTone     Tone
	Chains       []Chain
	Waiting      int
	NeedYou      int
	In, Out      int
	Encrypted    int
	// IsDemo is set for the relay of a demo, which can neither be started nor stopped from here.
	IsDemo bool
}

// Chain is the way of one channel's messages, hop by hop.
type Chain struct {
	// Title is the channel with its account.
	Title string
	Hops  []Hop
}

// Hop is one stage of the way.
type Hop struct {
	// Key is "x", "reach", "relay", "motion", "reply" or "sent". The relay's is bad while its journal is.
	Key, Icon, Name string
	Tone            Tone
	// State is a word, Since how long it has been so, Traffic when something last went through; both may be empty.
	State, Since, Traffic string
	// Detail says what is wrong; empty when nothing is.
	Detail string
}

// MakeOverview makes the first page.
func MakeOverview(d Data, t *translation.Texts) Overview {
	o := Overview{Waiting: d.Waiting(), NeedYou: d.NeedYou(), IsPaused: d.Status.State == control.StatePaused}
	o.IsDemo = d.Status.Demo
	idle := d.Doing == "" && !o.IsDemo
	o.CanStart, o.CanStop, o.CanPause = idle && d.Asked && !d.Running, idle && d.Running, d.Doing == "" && d.Running
	o.State, o.About, o.Tone = relayWords(d, t)
	for _, c := range d.Status.Channels {
		o.In += c.Inbound.Delivered
		o.Out += c.Outbound.Delivered
		o.Encrypted += c.Encrypted
		o.Chains = append(o.Chains, chainOf(c, d, t))
	}
	if !d.Running && len(o.Chains) == 0 {
		o.Chains = []Chain{chainOf(control.Channel{}, d, t)}
	}
	o.hint(d, t)
	if o.Remedy != "" {
		o.Remedy = Advice(o.Remedy, t)
	}
	return o
}

// relayWords names the relay's state.
func relayWords(d Data, t *translation.Texts) (state, about string, tone Tone) {
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
	if d.Status.Journal.State == linkDegraded {
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

func upTime(d Data) string {
	if d.Status.Started == nil {
		return "–"
	}
	return Span(d.Now.Sub(*d.Status.Started).Truncate(time.Second))
}

// hint picks the one thing to say first.
//
//nolint:gocyclo // one line a thing
func (o *Overview) hint(d Data, t *translation.Texts) {
	switch {
	case d.Doing != "" || !d.Asked:
		return
	case d.Problem != nil:
		o.Hint, o.Remedy, o.HintTone = Sentence(d.Problem.Message), Sentence(d.Problem.Remedy), Bad
		return
	case !d.Running && o.IsDemo:
		o.Hint, o.Remedy, o.HintTone = t.T("window.demo.over"), t.T("window.demo.over.do"), Warn
		return
	case !d.Running:
		o.Hint, o.Remedy, o.HintTone = t.T("window.hint.stopped"), t.T("window.hint.stopped.do"), Warn
		return
	}
	if j := d.Status.Journal; j.State == linkDegraded { // nothing else matters as long as nothing can be kept
		o.Hint, o.Remedy = cutSentence(j.Detail)
		o.HintTone = Bad
		return
	}
	for _, chain := range o.Chains {
		for _, hop := range chain.Hops {
			if hop.Detail == "" || (hop.Tone != Bad && hop.Tone != Warn) || (o.Hint != "" && hop.Tone <= o.HintTone) {
				continue
			}
			what, remedy := cutSentence(hop.Detail)
			if !strings.HasPrefix(what, hop.Name) {
				what = hop.Name + ": " + what
			}
			o.Hint, o.Remedy, o.HintTone = what, remedy, hop.Tone
		}
	}
	if gaps := d.Status.Reach.Gaps; o.Hint == "" && len(gaps) > 0 {
		last := gaps[len(gaps)-1]
		if last.Lost != "" && d.Now.Sub(last.To) < gapShown {
			o.Hint, o.HintTone = t.T("window.hint.gap", Clock(last.From, d.Now, t), Clock(last.To, d.Now, t)), Warn
			o.Remedy = Sentence(last.Lost)
		}
	}
	if o.Hint == "" && o.IsPaused {
		o.Hint, o.Remedy, o.HintTone = t.T("window.hint.paused"), t.T("window.hint.paused.do"), Warn
	}
}

// cutSentence parts what is wrong from what to do about it.
func cutSentence(text string) (what, remedy string) {
	for _, between := range []string{". ", "; "} {
		if what, remedy, found := strings.Cut(text, between); found {
			return Sentence(what), Sentence(remedy)
		}
	}
	return Sentence(text), ""
}

func chainOf(c control.Channel, d Data, t *translation.Texts) Chain {
	chain := Chain{Title: c.Name}
	if c.Account != "" {
		chain.Title = "@" + c.Account + " · " + c.Name
	}
	in, out := d.Last[LastKey{c.Name, "in"}], d.Last[LastKey{c.Name, "out"}]
	traffic := func(at time.Time) string {
		if at.IsZero() || !d.Running {
			return ""
		}
		return t.T("window.hop.last", Ago(at, d.Now, t))
	}
	x := linkHop("x", "at", c.X, d, t)
	x.Traffic = traffic(in.Received)
	reach := reachHop(d, t)
	reach.Traffic = traffic(in.Received)
	relay := Hop{Key: "relay", Icon: "hub", Name: t.T("window.hop.relay")}
	relay.State, _, relay.Tone = relayWords(d, t)
	if d.Status.Started != nil && d.Running {
		relay.Since = t.T("window.hop.since", ShortClock(*d.Status.Started, d.Now, t))
	}
	if j := d.Status.Journal; d.Running && j.State == linkDegraded {
		relay.Detail = j.Detail
		if j.Since != nil {
			relay.Since = t.T("window.hop.since", ShortClock(*j.Since, d.Now, t))
		}
	}
	motion := linkHop("motion", "headset", c.Motion, d, t)
	motion.Traffic = traffic(in.Delivered)
	chain.Hops = []Hop{x, reach, relay, motion, replyHop(c, out, d, t), sentHop(c, out, d, t)}
	return chain
}

func linkHop(key, icon string, l control.Link, d Data, t *translation.Texts) Hop {
	hop := Hop{Key: key, Icon: icon, Name: t.T("window.hop." + key)}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkWords(l.State, t)
	hop.Detail = l.Detail
	if l.Since != nil && !l.Since.IsZero() {
		hop.Since = t.T("window.hop.since", ShortClock(*l.Since, d.Now, t))
	}
	return hop
}

func linkWords(state string, t *translation.Texts) (string, Tone) {
	switch state {
	case "connected":
		return t.T("window.link.connected"), Good
	case linkDegraded:
		return t.T("window.link.degraded"), Bad
	case "paused":
		return t.T("window.link.paused"), Warn
	case "connecting", "starting":
		return t.T("window.link.connecting"), Busy
	case "", "unknown":
		return t.T("window.link.unknown"), Idle
	}
	return Upper(state), Warn
}

func reachHop(d Data, t *translation.Texts) Hop {
	r := d.Status.Reach
	hop := linkHop("reach", "door", control.Link{State: r.State, Detail: r.Detail, Since: r.LastProof}, d, t)
	if !d.Running {
		return hop
	}
	if key := "window.reach." + r.Mode; t.Has(key) {
		hop.Name = t.T(key)
	}
	if r.LastProof != nil {
		hop.Since = t.T("window.hop.proved", Ago(*r.LastProof, d.Now, t))
	}
	return hop
}

// replyHop is the Reply URL: that replies come is the only proof that it works, unless the relay knows that it is wrong.
func replyHop(c control.Channel, out Last, d Data, t *translation.Texts) Hop {
	hop := Hop{Key: "reply", Icon: "reply", Name: t.T("window.hop.reply")}
	switch {
	case !d.Running:
		hop.State = t.T("window.link.off")
	case c.Reply.State == linkDegraded:
		hop = linkHop("reply", "reply", c.Reply, d, t)
	case out.Received.IsZero() && c.Outbound.Delivered+c.Outbound.Queued+c.Outbound.Dead+c.Outbound.Undecided == 0:
		hop.State = t.T("window.hop.reply.none")
	default:
		hop.State, hop.Tone = t.T("window.hop.reply.some"), Good
		if !out.Received.IsZero() {
			hop.Traffic = t.T("window.hop.last", Ago(out.Received, d.Now, t))
		}
	}
	return hop
}

// sentHop is the way from the relay to X.
func sentHop(c control.Channel, out Last, d Data, t *translation.Texts) Hop {
	hop := Hop{Key: "sent", Icon: "up", Name: t.T("window.hop.sent")}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkWords(c.X.State, t)
	if hop.Tone == Idle && !out.Delivered.IsZero() {
		hop.State, hop.Tone = linkWords("connected", t)
	}
	if !out.Delivered.IsZero() {
		hop.Traffic = t.T("window.hop.last", Ago(out.Delivered, d.Now, t))
	}
	for _, b := range c.Blocked {
		if !strings.HasPrefix(b.Queue, "out") {
			continue
		}
		hop.State, hop.Tone = t.T("window.hop.sent.waits"), Warn
		hop.Since = t.T("window.hop.until", ShortClock(b.Until, d.Now, t))
		hop.Detail = t.T("window.hop.sent.blocked", t.T("window.queue."+b.Queue), ShortClock(b.Until, d.Now, t), b.Cause)
	}
	return hop
}
