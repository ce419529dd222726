package format

import (
	"cmp"
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/translation"
)

// ToneOf is the tone of a level: red for what needs a person alone.
func ToneOf(l control.Level) Tone {
	switch l {
	case control.NeedsYou:
		return Bad
	case control.Healing:
		return Warn
	case control.Note:
		return Busy
	}
	return Good
}

// faces are the tones of a relay as a whole.
var faces = map[control.Face]Tone{
	control.FaceWell: Good, control.FaceNeedsYou: Bad, control.FaceHealing: Warn, control.FacePaused: Warn, control.FaceStopped: Idle,
	control.FaceSilent: Warn,
}

// FaceTone is the tone of a relay as a whole. One that does not answer is red once it needs somebody.
func FaceTone(s control.Status) Tone {
	face := s.Face()
	if face == control.FaceSilent && s.IsHung() {
		return Bad
	}
	return faces[face]
}

// Title names a condition in a few words, with when it ends or is tried again; the channel is named when there are several.
func Title(c control.Condition, several bool, now time.Time, t *translation.Texts) string {
	title := c.Title()
	switch {
	case c.Side == control.SideMessages:
		title = t.N(c.Key(), c.Count)
	case t.Has(c.Key()):
		title = t.T(c.Key())
	}
	if several && c.Channel != "" {
		title = t.T("tray.line.in", title, c.Channel)
	}
	return strings.Join(append([]string{title}, times(c, now, t)...), " · ")
}

// times say when a condition ends by itself, or that Perch goes on trying.
func times(c control.Condition, now time.Time, t *translation.Texts) []string {
	switch {
	case c.Level != control.Healing && c.Side != control.SidePause:
		return nil
	case c.Until != nil:
		return []string{t.T("window.hop.until", ShortClock(*c.Until, now, t))}
	case c.RetryAt != nil:
		return []string{t.T("window.condition.retry", Clock(*c.RetryAt, now, t))}
	}
	if c.Side == control.SideRelay || c.Side == control.SidePause {
		return nil
	}
	return []string{t.T("window.condition.trying")}
}

// Why says what is the matter and what to do about it. What Perch itself reports has texts of the window's own.
func Why(c control.Condition, s control.Status, now time.Time, t *translation.Texts) string {
	switch c.Side {
	case control.SideMessages:
		return t.T("window.hint.messages.do")
	case control.SideLimit:
		return t.T("window.hint.limit", t.T("window.queue."+c.Queue))
	case control.SidePause:
		if c.Until != nil {
			return t.T("window.hint.paused.until", Clock(*c.Until, now, t))
		}
		return t.T("window.hint.paused.do")
	case control.SideEncrypted:
		return t.N("window.hint.encrypted", c.Count) + " " + t.T("window.hint.encrypted.do")
	case control.SideGap:
		if c.Since != nil && c.Until != nil {
			return t.T("window.hint.gap", Clock(*c.Since, now, t), Clock(*c.Until, now, t)) + " " + Sentence(c.What)
		}
	case control.SideUpdate:
		if s.Update != nil {
			return t.T("window.hint.update", s.Update.Latest) + " " + t.T("window.hint.update.do", cmp.Or(s.Update.Page, t.T("window.hint.update.page")))
		}
	}
	return strings.TrimSpace(Sentence(c.What) + " " + Advice(c.Remedy, t))
}
