package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"perch/app/control"
	"perch/bridge/visible"
)

// textWidth is how many characters of a message's text a line of traffic shows.
const textWidth = 60

func (p *program) printJSON(v any) error {
	encoder := json.NewEncoder(p.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// say writes to standard error. What cannot be written there cannot be reported anywhere.
func (p *program) say(format string, args ...any) {
	makeReadable(args)
	_, _ = io.WriteString(p.Err, visible.Lines(fmt.Sprintf(format, args...)))
}

// print writes to standard output; a reader that went away is not an error.
func (p *program) print(format string, args ...any) {
	makeReadable(args)
	_, _ = io.WriteString(p.Out, visible.Lines(fmt.Sprintf(format, args...)))
}

// manyLines is an argument of say and print that may take several lines; any other is put on one.
type manyLines string

// makeReadable leaves line ends and tabs to the format, and lets nothing that came from outside steer the terminal.
func makeReadable(args []any) {
	for i, arg := range args {
		switch a := arg.(type) {
		case manyLines:
			args[i] = visible.Lines(string(a))
		case string:
			args[i] = visible.Line(a)
		case []byte:
			args[i] = visible.Line(string(a))
		case error:
			args[i] = visible.Line(a.Error())
		case fmt.Stringer:
			args[i] = visible.Line(a.String())
		}
	}
}

// table aligns columns; call flush at the end.
type table struct{ *tabwriter.Writer }

func (p *program) table() table { return table{tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)} }

// row writes one line; only tabs of the format part its cells.
func (t table) row(format string, args ...any) {
	makeReadable(args)
	_, _ = io.WriteString(t, visible.Lines(fmt.Sprintf(format, args...))+"\n") // it goes nowhere before flush
}

func (t table) flush() { _ = t.Flush() } // a reader that went away is not an error

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
		return "DEAD"
	case m.State == "undecided":
		return "UNDECIDED"
	default:
		return m.State
	}
}

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
