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
	x := linkHop("x", "at", c.X, by(d, control.SideX, c.Name), d, t)
	x.Traffic = traffic(in.Received)
	reach := reachHop(d, t)
	reach.Traffic = traffic(in.Received)
	motion := linkHop("motion", "headset", c.Motion, by(d, control.SideMotion, c.Name), d, t)
	motion.Traffic = traffic(in.Delivered)
	chain.Hops = []hopText{x, reach, relayHop(d, t), motion, replyHop(c, out, d, t), sentHop(c, out, d, t)}
	return chain
}

// by is the level of the worst condition of a side of a channel; "" when there is none.
func by(d snapshot.Data, side, channel string) control.Level {
	c, _ := d.Status.Of(side, channel)
	return c.Level
}

// relayHop is the relay itself: whether it runs and can keep what comes in.
func relayHop(d snapshot.Data, t *translation.Texts) hopText {
	hop := hopText{Key: "relay", Icon: "hub", Name: t.T("window.hop.relay")}
	since := d.Status.Started
	switch full, isFull := d.Status.Of(control.SideJournal, ""); {
	case !d.Running || d.Doing != "":
		hop.State, _, hop.Tone = format.RelayState(d, t)
		return hop
	case isFull:
		hop.State, hop.Tone, since = t.T("window.state.journal"), format.ToneOf(full.Level), full.Since
	case d.Status.State == control.StatePaused:
		hop.State, hop.Tone, since = t.T("face.paused"), format.Warn, nil // since when it runs would read as since when it is paused
		if until := d.Status.PausedUntil; until != nil {
			hop.Since = t.T("window.hop.until", format.ShortClock(*until, d.Now, t))
		}
	default:
		hop.State, hop.Tone = t.T("face.running"), format.Good
	}
	if since != nil {
		hop.Since = t.T("window.hop.since", format.ShortClock(*since, d.Now, t))
	}
	return hop
}

func linkHop(key, icon string, l control.Link, level control.Level, d snapshot.Data, t *translation.Texts) hopText {
	hop := hopText{Key: key, Icon: icon, Name: t.T("window.hop." + key)}
	if !d.Running {
		hop.State = t.T("window.link.off")
		return hop
	}
	hop.State, hop.Tone = linkState(l.State, level, t)
	if l.Since != nil && !l.Since.IsZero() {
		hop.Since = t.T("window.hop.since", format.ShortClock(*l.Since, d.Now, t))
	}
	return hop
}

// linkState words the state of a link. Whether one in trouble needs anybody is the relay's to say; one of which it says
// nothing is being opened.
func linkState(state string, level control.Level, t *translation.Texts) (string, format.Tone) {
	switch level {
	case control.NeedsYou:
		return t.T("face.needs_you"), format.Bad
	case control.Healing:
		return t.T("face.healing"), format.Warn
	case control.Note:
	}
	switch state {
	case "connected":
		return t.T("window.link.connected"), format.Good
	case "connecting", "starting", "degraded", "paused":
		return t.T("window.link.connecting"), format.Busy
	case "", "unknown":
		return t.T("window.link.unknown"), format.Idle
	}
	return format.Upper(state), format.Busy
}

func reachHop(d snapshot.Data, t *translation.Texts) hopText {
	r := d.Status.Reach
	hop := linkHop("reach", "door", control.Link{State: r.State, Since: r.LastProof}, by(d, control.SideReach, ""), d, t)
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
	case by(d, control.SideReply, c.Name) != "":
		hop = linkHop("reply", "reply", c.Reply, by(d, control.SideReply, c.Name), d, t)
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
	hop.State, hop.Tone = linkState(c.X.State, by(d, control.SideX, c.Name), t)
	if hop.Tone == format.Idle && !out.Delivered.IsZero() {
		hop.State, hop.Tone = linkState("connected", "", t)
	}
	if !out.Delivered.IsZero() {
		hop.Traffic = t.T("window.hop.last", format.Ago(out.Delivered, d.Now, t))
	}
	for _, limit := range d.Status.Conditions {
		if limit.Side == control.SideLimit && limit.Channel == c.Name && strings.HasPrefix(limit.Queue, "out") && hop.Tone != format.Bad {
			hop.State, hop.Tone = t.T("window.hop.sent.waits"), format.ToneOf(limit.Level)
			hop.Since = t.T("window.hop.until", format.ShortClock(*limit.Until, d.Now, t))
		}
	}
	return hop
}
