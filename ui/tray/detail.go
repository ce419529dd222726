package tray

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"perch/app/control"
	"perch/bridge/visible"
)

const (
	// maxDetail is how many characters of a reason fit into a line of the menu on a small screen.
	maxDetail = 90
	// detailLines is how many lines a reason has at most: what to do stands at its end.
	detailLines = 3
)

// details are the items with the reason behind the first line; those that are not needed are hidden.
func details(s Snapshot, tr T) []Item {
	lines := wrap(detail(s, tr), maxDetail, detailLines)
	var list []Item
	for i := range detailLines {
		item := Item{ID: ItemDetail, Hidden: true}
		if i > 0 {
			item.ID += strconv.Itoa(i + 1)
		}
		if i < len(lines) {
			item.Title, item.Hidden = lines[i], false
		}
		list = append(list, item)
	}
	return list
}

// wrap breaks a text at spaces into lines of at most width characters, and cuts what is left after most of them.
func wrap(text string, width, most int) []string {
	var lines []string
	for text != "" && len(lines) < most-1 && utf8.RuneCountInString(text) > width {
		line := string([]rune(text)[:width+1])
		at := strings.LastIndexByte(line, ' ')
		if at <= 0 { // one long word
			at = len(string([]rune(text)[:width]))
		}
		lines, text = append(lines, text[:at]), strings.TrimLeft(text[at:], " ")
	}
	if text != "" {
		lines = append(lines, shorten(text, width))
	}
	return lines
}

// detail is the reason behind the first line: empty when there is none to tell.
func detail(s Snapshot, tr T) string {
	text := s.Failure
	if bad, found := worst(s.Status); text == "" && (s.Phase == PhaseUp || s.Phase == PhaseSilent) && found && bad.Side != control.SideMessages {
		text = reason(bad)
		if len(s.Status.Channels) > 1 && bad.Channel != "" {
			text = tr("tray.detail", bad.Channel, text)
		}
	}
	return visible.Line(strings.Join(strings.Fields(text), " "))
}

func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:most-1]), " .,;:") + "…"
}
