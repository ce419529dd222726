package limits

import (
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// gaugeText is one window of one limit.
type gaugeText struct {
	Name, Window string
	Used, Limit  int
	Part         float64
	Tone         format.Tone
	// Left, Resets and Waiting are words; Waiting may be empty.
	Left, Resets, Waiting string
}

// group is a channel's limits.
type group struct {
	Channel string
	Gauges  []gaugeText
}

// makeGroups words the limits by channel, in the order in which the relay tells them.
func makeGroups(limits []control.Limit, now time.Time, t *translation.Texts) []group {
	var groups []group
	index := map[string]int{}
	for _, l := range limits {
		at, ok := index[l.Channel]
		if !ok {
			at = len(groups)
			index[l.Channel] = at
			groups = append(groups, group{Channel: l.Channel})
		}
		for _, w := range l.Windows {
			groups[at].Gauges = append(groups[at].Gauges, makeGauge(l, w, now, t))
		}
	}
	return groups
}

func makeGauge(l control.Limit, w control.Window, now time.Time, t *translation.Texts) gaugeText {
	g := gaugeText{Name: l.Endpoint, Window: w.Name, Used: max(0, w.Limit-w.Remaining), Limit: w.Limit, Tone: format.Busy}
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
		g.Waiting = waitingText(l, now, t)
	}
	return g
}

// waitingText says what waits for a limit and when it will go: when the last of the windows that are used up is full again.
func waitingText(l control.Limit, now time.Time, t *translation.Texts) string {
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
