package xchat

import (
	"strings"

	"perch/bridge/xchat/wire"
)

// maxLinks is how many web addresses of a text are marked; the others are left to the reader's app.
const maxLinks = 20

// links finds the web addresses of a text, so that they can be tapped. Programs disagree on whether bytes, UTF-16 units or
// characters are counted, so only those are marked before whose end all is ASCII.
func links(text string) (all []wire.Span) {
	at := 0
	for word := range strings.FieldsFuncSeq(text, isSpace) {
		start := at + strings.Index(text[at:], word)
		at = start + len(word)
		if len(all) == maxLinks || !isASCII(text[:at]) {
			break
		}
		rest, isLink := strings.CutPrefix(word, "https://")
		if !isLink {
			rest, isLink = strings.CutPrefix(word, "http://")
		}
		end := at - (len(rest) - len(strings.TrimRight(rest, ".,;:!?)'\"")))
		if isLink && strings.Contains(text[start:end], ".") {
			all = append(all, wire.Span{Start: start, End: end})
		}
	}
	return all
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
