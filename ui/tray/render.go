package tray

import (
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge/visible"
)

// Render makes the view of a snapshot. Times are shown in now's time zone.
func Render(s Snapshot, now time.Time, tr T) View {
	line := firstLine(s, now, tr)
	if s.Status.Demo {
		line = tr("tray.line.demo") + " · " + line
	}
	return View{Icon: icon(s), Tooltip: tr("tray.tooltip", line), FirstLine: line, Items: items(s, tr)}.readable()
}

// readable shows what would steer a reader in the texts of a view.
func (v View) readable() View {
	v.Tooltip, v.FirstLine = visible.Line(v.Tooltip), visible.Line(v.FirstLine)
	v.Items = readableItems(v.Items)
	return v
}

func readableItems(items []Item) []Item {
	for i := range items {
		items[i].Title, items[i].Children = visible.Line(items[i].Title), readableItems(items[i].Children)
	}
	return items
}

func firstLine(s Snapshot, now time.Time, tr T) string {
	switch s.Phase {
	case PhaseUp:
		return upLine(s, now, tr)
	case PhaseDown:
		return downLine(s, now, tr)
	case PhaseSilent:
		return headline(s, now, tr)
	case PhaseStarting, PhaseStopping, PhaseRestarting:
		return tr("tray.line." + string(s.Phase))
	}
	return tr("tray.line.looking")
}

func downLine(s Snapshot, now time.Time, tr T) string {
	switch {
	case !s.IsConfigured:
		return tr("tray.line.set_up")
	case s.Locked:
		return tr("tray.line.locked")
	case !s.RetryAt.IsZero():
		return tr("tray.line.not_running") + " · " + tr("tray.line.again_at", s.RetryAt.In(now.Location()).Format("15:04:05"))
	case s.Failure != "":
		return tr("tray.line.not_running")
	}
	return tr("tray.line.stopped")
}

func upLine(s Snapshot, now time.Time, tr T) string {
	parts := []string{headline(s, now, tr)}
	if n := Waiting(s.Status); n > 0 {
		parts = append(parts, count(tr, "tray.line.waiting", n))
	}
	if s.Status.State == control.StatePaused && s.Status.Face() != control.FacePaused {
		parts = append(parts, pausedLine(s.Status, now, tr))
	}
	first, _ := worst(s.Status)
	if n := NeedsYou(s.Status); n > 0 && (first.Side != control.SideMessages || n != first.Count) {
		parts = append(parts, count(tr, "tray.line.need_you", n))
	}
	if reset := limitReset(s, now); !reset.IsZero() {
		parts = append(parts, tr("tray.line.limit", clock(reset, now)))
	}
	return strings.Join(parts, " · ")
}

// headline is the worst condition, or how the relay as a whole is.
func headline(s Snapshot, now time.Time, tr T) string {
	face := s.Status.Face()
	if bad, found := worst(s.Status); found && face != control.FacePaused {
		return title(bad, len(s.Status.Channels) > 1, tr)
	}
	if face == control.FacePaused {
		return pausedLine(s.Status, now, tr)
	}
	return tr("face." + string(face))
}

func pausedLine(s control.Status, now time.Time, tr T) string {
	if s.PausedUntil != nil {
		return tr("tray.line.paused_until", clock(*s.PausedUntil, now))
	}
	return tr("face.paused")
}

// count chooses the singular where the language has one.
func count(tr T, key string, n int) string {
	if n == 1 {
		if text := tr(key + ".one"); text != key+".one" {
			return text
		}
	}
	return tr(key, n)
}

// limitReset returns when the last of X's limits that holds messages back is reset; zero when none does.
func limitReset(s Snapshot, now time.Time) time.Time {
	var last time.Time
	consider := func(t time.Time) {
		if t.After(now) && t.After(last) {
			last = t
		}
	}
	for _, c := range s.Status.Channels {
		for _, b := range c.Blocked {
			if b.Kind == "rate_limited" {
				consider(b.Until)
			}
		}
	}
	for _, l := range s.Limits {
		for _, w := range l.Windows {
			if l.Waiting > 0 && w.Limit > 0 && w.Remaining <= 0 {
				consider(w.ResetAt)
			}
		}
	}
	return last
}

// clock shows a time as people in a hurry want it: with its day when that is not today.
func clock(t, now time.Time) string {
	t = t.In(now.Location())
	if y, m, d := t.Date(); y == now.Year() && m == now.Month() && d == now.Day() {
		return t.Format("15:04")
	}
	return t.Format("2/1 15:04")
}
