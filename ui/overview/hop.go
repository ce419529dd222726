package overview

import (
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// chainText is the route of one channel's messages, hop by hop.
type chainText struct {
	// Title is the channel with its account.
	Title string
	Hops  []hopText
}

// hopText is one stage of the route.
type hopText struct {
	// Key is "x", "reach", "relay", "motion", "reply" or "sent". The relay's is bad while its journal is.
	Key, Icon, Name string
	Tone            format.Tone
	// State is a word, Since how long it has been so, Traffic when something last went through; both may be empty.
	State, Since, Traffic string
	// Detail says what is wrong; empty when nothing is.
	Detail string
}

func makeChain(c control.Channel, d snapshot.Data, t *translation.Texts) chainText {
	chain := chainText{Title: c.Name}
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
	relay := hopText{Key: "relay", Icon: "hub", Name: t.T("window.hop.relay")}
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
	chain.Hops = []hopText{x, reach, relay, motion, replyHop(c, out, d, t), sentHop(c, out, d, t)}
	return chain
}

func linkHop(key, icon string, l control.Link, d snapshot.Data, t *translation.Texts) hopText {
	hop := hopText{Key: key, Icon: icon, Name: t.T("window.hop." + key)}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkState(l.State, t)
	hop.Detail = l.Detail
	if l.Since != nil && !l.Since.IsZero() {
		hop.Since = t.T("window.hop.since", format.ShortClock(*l.Since, d.Now, t))
	}
	return hop
}

func linkState(state string, t *translation.Texts) (string, format.Tone) {
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

func reachHop(d snapshot.Data, t *translation.Texts) hopText {
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
func replyHop(c control.Channel, out snapshot.Last, d snapshot.Data, t *translation.Texts) hopText {
	hop := hopText{Key: "reply", Icon: "reply", Name: t.T("window.hop.reply")}
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

// sentHop is the stretch from the relay to X.
func sentHop(c control.Channel, out snapshot.Last, d snapshot.Data, t *translation.Texts) hopText {
	hop := hopText{Key: "sent", Icon: "up", Name: t.T("window.hop.sent")}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkState(c.X.State, t)
	if hop.Tone == format.Idle && !out.Delivered.IsZero() {
		hop.State, hop.Tone = linkState("connected", t)
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
