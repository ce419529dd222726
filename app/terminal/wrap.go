package terminal

import (
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"

	"perch/bridge/visible"
)

// leastWidth is how many cells a wrapped text has at least: a narrower terminal wraps by itself.
const leastWidth = 20

// Width is how many cells a line of standard output has; 0 when that is no terminal.
func (p Printer) Width() int {
	f, ok := p.Out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// Wrap breaks a text into lines of at most so many cells, between words where that is possible, and makes it readable. With a
// width of 0 it breaks only where the text does.
func Wrap(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(visible.Lines(text), "\n") {
		line = strings.ReplaceAll(strings.TrimRight(line, " \t"), "\t", "  ")
		if width <= 0 {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, wrapLine(line, max(width, leastWidth))...)
	}
	return lines
}

func wrapLine(line string, width int) (lines []string) {
	for runewidth.StringWidth(line) > width {
		head := runewidth.Truncate(line, width, "")
		if head == "" { // one sign that is wider than all
			break
		}
		rest := line[len(head):]
		if at := strings.LastIndexByte(head, ' '); at > 0 && !strings.HasPrefix(rest, " ") {
			head, rest = head[:at], line[at:]
		}
		lines = append(lines, strings.TrimRight(head, " "))
		line = strings.TrimLeft(rest, " ")
	}
	return append(lines, line)
}
