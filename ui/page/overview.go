package page

import (
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// gapShown is how long a gap in X's events is shown after it has ended.
const gapShown = 24 * time.Hour

// Overview is the first page.
type Overview struct {
	// State and Tone name how the relay is, About says it in a sentence.
	State, About string
	Tone         format.Tone
	// CanStart, CanStop and CanPause say which buttons work; IsPaused turns pause into resume.
	CanStart, CanStop, CanPause, IsPaused bool
	// Hint is the worst thing and Remedy what to do about it; empty when all is well.
	Hint, Remedy string
	HintTone     format.Tone
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
	Tone            format.Tone
	// State is a word, Since how long it has been so, Traffic when something last went through; both may be empty.
	State, Since, Traffic string
	// Detail says what is wrong; empty when nothing is.
	Detail string
}

// MakeOverview makes the first page.
func MakeOverview(d snapshot.Data, t *translation.Texts) Overview {
	o := Overview{Waiting: d.Waiting(), NeedYou: d.NeedYou(), IsPaused: d.Status.State == control.StatePaused}
	o.IsDemo = d.Status.Demo
	idle := d.Doing == "" && !o.IsDemo
	o.CanStart, o.CanStop, o.CanPause = idle && d.Asked && !d.Running, idle && d.Running, d.Doing == "" && d.Running
	o.State, o.About, o.Tone = format.RelayState(d, t)
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
		o.Remedy = format.Advice(o.Remedy, t)
	}
	return o
}

// hint picks the one thing to say first.
//
//nolint:gocyclo // one line a thing
func (o *Overview) hint(d snapshot.Data, t *translation.Texts) {
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

func chainOf(c control.Channel, d snapshot.Data, t *translation.Texts) Chain {
	chain := Chain{Title: c.Name}
	if c.Account != "" {
		chain.Title = "@" + c.Account + " · " + c.Name
	}
	in, out := d.Last[snapshot.LastKey{Channel: c.Name, Direction: "in"}], d.Last[snapshot.LastKey{Channel: c.Name, Direction: "out"}]
	traffic := func(at time.Time) string {
		if at.IsZero() || !d.Running {
			return ""
		}
		return t.T("window.hop.last", format.Ago(at, d.Now, t))
	}
	x := linkHop("x", "at", c.X, d, t)
	x.Traffic = traffic(in.Received)
	reach := reachHop(d, t)
	reach.Traffic = traffic(in.Received)
	relay := Hop{Key: "relay", Icon: "hub", Name: t.T("window.hop.relay")}
	relay.State, _, relay.Tone = format.RelayState(d, t)
	if d.Status.Started != nil && d.Running {
		relay.Since = t.T("window.hop.since", format.ShortClock(*d.Status.Started, d.Now, t))
	}
	if j := d.Status.Journal; d.Running && j.State == format.Degraded {
		relay.Detail = j.Detail
		if j.Since != nil {
			relay.Since = t.T("window.hop.since", format.ShortClock(*j.Since, d.Now, t))
		}
	}
	motion := linkHop("motion", "headset", c.Motion, d, t)
	motion.Traffic = traffic(in.Delivered)
	chain.Hops = []Hop{x, reach, relay, motion, replyHop(c, out, d, t), sentHop(c, out, d, t)}
	return chain
}

func linkHop(key, icon string, l control.Link, d snapshot.Data, t *translation.Texts) Hop {
	hop := Hop{Key: key, Icon: icon, Name: t.T("window.hop." + key)}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkWords(l.State, t)
	hop.Detail = l.Detail
	if l.Since != nil && !l.Since.IsZero() {
		hop.Since = t.T("window.hop.since", format.ShortClock(*l.Since, d.Now, t))
	}
	return hop
}

func linkWords(state string, t *translation.Texts) (string, format.Tone) {
	switch state {
	case "connected":
		return t.T("window.link.connected"), format.Good
	case format.Degraded:
		return t.T("window.link.degraded"), format.Bad
	case "paused":
		return t.T("window.link.paused"), format.Warn
	case "connecting", "starting":
		return t.T("window.link.connecting"), format.Busy
	case "", "unknown":
		return t.T("window.link.unknown"), format.Idle
	}
	return format.Upper(state), format.Warn
}

func reachHop(d snapshot.Data, t *translation.Texts) Hop {
	r := d.Status.Reach
	hop := linkHop("reach", "door", control.Link{State: r.State, Detail: r.Detail, Since: r.LastProof}, d, t)
	if !d.Running {
		return hop
	}
	if key := "window.reach." + r.Mode; t.Has(key) {
		hop.Name = t.T(key)
	}
	if r.LastProof != nil {
		hop.Since = t.T("window.hop.proved", format.Ago(*r.LastProof, d.Now, t))
	}
	return hop
}

// replyHop is the Reply URL: that replies come is the only proof that it works, unless the relay knows that it is wrong.
func replyHop(c control.Channel, out snapshot.Last, d snapshot.Data, t *translation.Texts) Hop {
	hop := Hop{Key: "reply", Icon: "reply", Name: t.T("window.hop.reply")}
	switch {
	case !d.Running:
		hop.State = t.T("window.link.off")
	case c.Reply.State == format.Degraded:
		hop = linkHop("reply", "reply", c.Reply, d, t)
	case out.Received.IsZero() && c.Outbound.Delivered+c.Outbound.Queued+c.Outbound.Dead+c.Outbound.Undecided == 0:
		hop.State = t.T("window.hop.reply.none")
	default:
		hop.State, hop.Tone = t.T("window.hop.reply.some"), format.Good
		if !out.Received.IsZero() {
			hop.Traffic = t.T("window.hop.last", format.Ago(out.Received, d.Now, t))
		}
	}
	return hop
}

// sentHop is the way from the relay to X.
func sentHop(c control.Channel, out snapshot.Last, d snapshot.Data, t *translation.Texts) Hop {
	hop := Hop{Key: "sent", Icon: "up", Name: t.T("window.hop.sent")}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkWords(c.X.State, t)
	if hop.Tone == format.Idle && !out.Delivered.IsZero() {
		hop.State, hop.Tone = linkWords("connected", t)
	}
	if !out.Delivered.IsZero() {
		hop.Traffic = t.T("window.hop.last", format.Ago(out.Delivered, d.Now, t))
	}
	for _, b := range c.Blocked {
		if !strings.HasPrefix(b.Queue, "out") {
			continue
		}
		hop.State, hop.Tone = t.T("window.hop.sent.waits"), format.Warn
		hop.Since = t.T("window.hop.until", format.ShortClock(b.Until, d.Now, t))
		hop.Detail = t.T("window.hop.sent.blocked", t.T("window.queue."+b.Queue), format.ShortClock(b.Until, d.Now, t), b.Cause)
	}
	return hop
}
