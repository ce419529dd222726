package page

import (
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// Case is a message that waits for a person.
type Case struct {
	format.Summary
	ID int64
	// Text is the message, When its age.
	Text, When string
}

// MakeCases words what needs attention, undecided ones first: a customer may be waiting twice.
func MakeCases(list []*control.Message, now time.Time, t *translation.Texts) []Case {
	var undecided, dead []Case
	for _, m := range list {
		c := Case{ID: m.ID, Summary: format.Summarize(m, t), Text: format.MessageText(m, t), When: format.Ago(m.ReceivedAt, now, t)}
		switch m.State {
		case "undecided":
			if c.Problem == "" {
				c.Problem = t.T("window.attention.undecided")
			}
			c.Remedy = t.T("window.attention.undecided.do")
			undecided = append(undecided, c)
		case "dead":
			dead = append(dead, c)
		}
	}
	return append(undecided, dead...)
}

// Gauge is one window of one limit.
type Gauge struct {
	Name, Window string
	Used, Limit  int
	Part         float64
	Tone         format.Tone
	// Left, Resets and Waiting are words; Waiting may be empty.
	Left, Resets, Waiting string
}

// LimitGroup is a channel's limits.
type LimitGroup struct {
	Channel string
	Gauges  []Gauge
}

// MakeLimits words the limits by channel, in the order in which the relay tells them.
func MakeLimits(limits []control.Limit, now time.Time, t *translation.Texts) []LimitGroup {
	var groups []LimitGroup
	index := map[string]int{}
	for _, l := range limits {
		at, ok := index[l.Channel]
		if !ok {
			at = len(groups)
			index[l.Channel] = at
			groups = append(groups, LimitGroup{Channel: l.Channel})
		}
		for _, w := range l.Windows {
			groups[at].Gauges = append(groups[at].Gauges, gauge(l, w, now, t))
		}
	}
	return groups
}

func gauge(l control.Limit, w control.Window, now time.Time, t *translation.Texts) Gauge {
	g := Gauge{Name: l.Endpoint, Window: w.Name, Used: max(0, w.Limit-w.Remaining), Limit: w.Limit, Tone: format.Busy}
	if key := "window.endpoint." + l.Endpoint; t.Has(key) {
		g.Name = t.T(key)
	}
	if key := "window.limit." + w.Name; t.Has(key) {
		g.Window = t.T(key)
	}
	remaining := w.Remaining
	if !w.ResetAt.After(now) { // a window that is over is full again
		g.Used, remaining = 0, w.Limit
	}
	if w.Limit > 0 {
		g.Part = float64(g.Used) / float64(w.Limit)
	}
	switch {
	case remaining == 0:
		g.Tone = format.Bad
	case g.Part >= 0.8:
		g.Tone = format.Warn
	}
	g.Left = t.T("window.limit.left", format.Number(remaining), format.Number(w.Limit))
	g.Resets = t.T("window.limit.full")
	if w.ResetAt.After(now) {
		g.Resets = t.T("window.limit.resets", format.ShortClock(w.ResetAt, now, t), format.Span(w.ResetAt.Sub(now).Truncate(time.Second)))
	}
	if l.Waiting > 0 && remaining == 0 {
		g.Waiting = waitingWords(l, now, t)
	}
	return g
}

// waitingWords says what waits for a limit and when it will go: when the last of the windows that are used up is full again.
func waitingWords(l control.Limit, now time.Time, t *translation.Texts) string {
	goes := now
	for _, w := range l.Windows {
		if w.Remaining <= 0 && w.ResetAt.After(goes) {
			goes = w.ResetAt
		}
	}
	at := format.ShortClock(goes, now, t)
	if l.Waiting == 1 {
		return t.T("window.limit.waiting.one", at)
	}
	return t.T("window.limit.waiting", l.Waiting, at)
}
