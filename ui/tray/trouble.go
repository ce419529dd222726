package tray

import (
	"strings"

	"perch/app/control"
)

// needYou are the connections that wait for a person; messages that do have a notice of their own.
func needYou(s control.Status) []control.Condition {
	var all []control.Condition
	for _, c := range s.Conditions {
		if c.Level == control.NeedsYou && c.Side != control.SideMessages {
			all = append(all, c)
		}
	}
	return all
}

// worst is the worst condition; false when all is well but for notes.
func worst(s control.Status) (control.Condition, bool) {
	for _, c := range s.Conditions {
		if c.Level != control.Note {
			return c, true
		}
	}
	return control.Condition{}, false
}

// title names a condition in words; the channel is named when there are several.
func title(c control.Condition, several bool, tr T) string {
	text := tr(c.Key())
	switch {
	case c.Side == control.SideMessages:
		text = count(tr, c.Key(), c.Count)
	case text == c.Key(): // of a relay that knows more than this tray
		text = c.Title()
	}
	if several && c.Channel != "" {
		return tr("tray.line.in", text, c.Channel)
	}
	return text
}

// reason is why, and what to do.
func reason(c control.Condition) string {
	return strings.Trim(c.What+"; "+c.Remedy, "; ")
}
