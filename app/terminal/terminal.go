// Package terminal writes to people and scripts at a terminal.
//
// It guarantees that only the format breaks lines and parts columns: nothing that came from outside steers the terminal or a
// reader. What is printed as JSON stays exact.
package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"perch/bridge/visible"
)

// Printer writes to the standard streams of a run.
type Printer struct {
	// Out is standard output, Err standard error.
	Out, Err io.Writer
}

// JSON writes a value on a line of standard output.
func (p Printer) JSON(v any) error {
	encoder := json.NewEncoder(p.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// Say writes to standard error. What cannot be written there cannot be reported anywhere.
func (p Printer) Say(format string, args ...any) {
	makeReadable(args)
	_, _ = io.WriteString(p.Err, visible.Lines(fmt.Sprintf(format, args...)))
}

// Print writes to standard output; a reader that went away is not an error.
func (p Printer) Print(format string, args ...any) {
	makeReadable(args)
	_, _ = io.WriteString(p.Out, visible.Lines(fmt.Sprintf(format, args...)))
}

// Multiline is an argument of Say and Print that may take several lines; any other is put on one.
type Multiline string

// makeReadable leaves line ends and tabs to the format, and lets nothing that came from outside steer the terminal.
func makeReadable(args []any) {
	for i, arg := range args {
		switch a := arg.(type) {
		case Multiline:
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

// Table aligns columns; call Flush at the end.
type Table struct{ writer *tabwriter.Writer }

// Table returns one that is written to standard output.
func (p Printer) Table() Table { return Table{tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)} }

// Row writes one line; only tabs of the format part its cells.
func (t Table) Row(format string, args ...any) {
	makeReadable(args)
	_, _ = io.WriteString(t.writer, visible.Lines(fmt.Sprintf(format, args...))+"\n") // it goes nowhere before Flush
}

// Flush writes what was aligned; a reader that went away is not an error.
func (t Table) Flush() { _ = t.writer.Flush() }
