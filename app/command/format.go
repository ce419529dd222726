package command

import (
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// textWidth is how many characters of a message's text a line of traffic shows.
const textWidth = 60

// clock shows a time the short way: without the date when it is today.
func clock(t time.Time) string {
	if t.IsZero() { // not known, or none that can be shown
		return "–"
	}
	t = t.Local()
	if y, m, d := time.Now().Date(); t.Year() == y && t.Month() == m && t.Day() == d {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// shellWord writes a path as a command line has it.
func shellWord(path string) string {
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+=,", r) || r == filepath.Separator
	}
	switch {
	case !strings.ContainsFunc(path, func(r rune) bool { return !isPlain(r) }):
		return path
	case runtime.GOOS == "windows":
		return `"` + path + `"`
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func arrow(direction string) string {
	if direction == "in" {
		return "X → Motion"
	}
	return "Motion → X"
}

// stateText says the state in words, with what matters in it.
func stateText(m control.Message) string {
	switch {
	case m.State == "queued" && m.DueAt != nil && m.DueAt.After(time.Now().Add(time.Second)):
		return "waits until " + clock(*m.DueAt)
	case m.State == "dead":
		return "FAILED"
	case m.State == "undecided":
		return "UNDECIDED"
	default:
		return m.State
	}
}

// kindTexts are the kinds whose names alone do not say enough.
var kindTexts = map[string]string{
	string(bridge.KindChat):      "encrypted chat",
	string(bridge.KindEncrypted): "still encrypted",
}

func kindText(kind string) string { return orDash(kindTexts[kind], kind) }

// shortText puts a text on one line of bounded length; files are named.
func shortText(m control.Message) string {
	text := strings.Join(strings.Fields(m.Text), " ")
	for _, f := range m.Media {
		name := f.Name
		if name == "" {
			name = f.Type
		}
		text = strings.TrimSpace(text + " [" + name + "]")
	}
	if runes := []rune(text); len(runes) > textWidth {
		text = string(runes[:textWidth-1]) + "…"
	}
	return text
}

func peer(m control.Message) string {
	if m.Direction == "in" {
		return "@" + m.From
	}
	return "@" + m.To
}
