// Package visible makes foreign text safe to be looked at: what would steer a terminal or deceive a reader is shown
// instead of obeyed. It is the only place of that rule, and every place where people read goes through it.
//
// It guarantees that what it returns is valid UTF-8 and holds no control character, no escape sequence, no
// bidirectional embedding, override or isolate, no line or paragraph separator, no annotation and no hidden tag; that
// Line returns one line; that a text without any of these comes back as it is; and that what belongs to a script or an
// emoji (joiners, variation selectors, the marks LRM, RLM and ALM) stays. It is for reading only: whatever is sent,
// stored or printed as JSON stays exact. It imports the standard library alone.
package visible

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// pictures is the first of Unicode's pictures of the controls U+0000–U+001F; pictureOfDelete is that of U+007F.
	pictures        = 0x2400
	pictureOfDelete = 0x2421
	// firstTag and lastTag bound the characters that spell a region's flag, invisibly, behind a black flag or another
	// emoji; maxTags is how many there may be (UTS #51, emoji tag sequences).
	firstTag, lastTag, maxTags = 0xE0020, 0xE007F, 31
)

// Line makes a text that is shown on one line: line ends and tabs become a space.
func Line(text string) string { return show(text, false) }

// Lines makes a text that may take several lines: line ends (LF, CR LF) and tabs stay.
func Lines(text string) string { return show(text, true) }

func show(text string, isLong bool) string {
	clean := cleanPrefix(text, isLong)
	if clean == len(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	b.WriteString(text[:clean])
	before, tags := lastRune(text[:clean]), 0
	for at := clean; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		part := text[at : at+size]
		at += size
		switch {
		case r == '\r' && strings.HasPrefix(text[at:], "\n"):
			continue // the line end that follows says it
		case r == '\n' || r == '\t':
			writeSpace(&b, r, isLong)
		case isTag(r):
			if tags++; tags <= maxTags && mayBearTags(before) {
				b.WriteString(part)
			} else {
				writeCode(&b, r)
			}
			continue // what bears the tags is the character before them
		default:
			write(&b, r, part)
		}
		before, tags = r, 0
	}
	return b.String()
}

// cleanPrefix returns how many bytes at the beginning need no change.
func cleanPrefix(text string, isLong bool) int {
	for at, r := range text {
		isKept := isLong && (r == '\n' || r == '\t')
		if r < ' ' && !isKept || r >= 0x7F && (steers(r) || isTag(r)) || r == utf8.RuneError {
			if r == utf8.RuneError && strings.HasPrefix(text[at:], "\uFFFD") {
				continue // somebody else has replaced it
			}
			return at
		}
	}
	return len(text)
}

func write(b *strings.Builder, r rune, part string) {
	switch {
	case r < ' ':
		b.WriteRune(pictures + r)
	case r == 0x7F:
		b.WriteRune(pictureOfDelete)
	case steers(r):
		writeCode(b, r)
	case r == utf8.RuneError:
		b.WriteRune(utf8.RuneError)
	default:
		b.WriteString(part)
	}
}

func writeSpace(b *strings.Builder, r rune, isLong bool) {
	if !isLong {
		r = ' '
	}
	b.WriteRune(r)
}

// writeCode writes a character as its number, <U+202E>.
func writeCode(b *strings.Builder, r rune) {
	digits := strings.ToUpper(strconv.FormatInt(int64(r), 16))
	b.WriteString("<U+" + strings.Repeat("0", max(0, 4-len(digits))) + digits + ">")
}

// steering are the characters beyond ASCII that change how others are shown, or that nobody sees.
var steering = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x007F, Hi: 0x009F, Stride: 1}, // DEL and the C1 controls; U+009B begins an escape sequence
		{Lo: 0x2028, Hi: 0x202E, Stride: 1}, // line and paragraph separator, embeddings and overrides
		{Lo: 0x2066, Hi: 0x206F, Stride: 1}, // isolates, and controls of shaping that Unicode has given up
		{Lo: 0xFDD0, Hi: 0xFDEF, Stride: 1}, // no characters
		{Lo: 0xFFF9, Hi: 0xFFFB, Stride: 1}, // annotations, which put one text over another
	},
	R32:         []unicode.Range32{{Lo: 0xE0000, Hi: 0xE001F, Stride: 1}}, // language tags, given up too
	LatinOffset: 1,
}

func steers(r rune) bool { return unicode.Is(steering, r) || r&0xFFFE == 0xFFFE }

func isTag(r rune) bool { return firstTag <= r && r <= lastTag }

// mayBearTags reports whether a character can begin an emoji tag sequence. Behind anything else tags would be a text
// that machines read and people do not see.
func mayBearTags(r rune) bool {
	return unicode.Is(unicode.So, r) || 0x1F3FB <= r && r <= 0x1F3FF // an emoji, or the colour of its skin
}

func lastRune(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}
