package tray

import (
	"strings"
	"unicode/utf8"

	"perch/app/control"
	"perch/bridge/visible"
)

// maxDetail is how many characters of a reason fit into the menu.
const maxDetail = 90

// detail is the reason behind the first line: empty when there is none to tell.
func detail(s Snapshot, tr T) string {
	text := s.Failure
	if bad, found := worst(s.Status); text == "" && s.Phase == PhaseUp && found && bad.Side != control.SideMessages {
		text = reason(bad)
		if len(s.Status.Channels) > 1 && bad.Channel != "" {
			text = tr("tray.detail", bad.Channel, text)
		}
	}
	return shorten(visible.Line(strings.Join(strings.Fields(text), " ")), maxDetail)
}

func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:most-1]), " .,;:") + "…"
}
