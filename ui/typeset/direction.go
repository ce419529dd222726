package typeset

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// isRTL reports whether a text is read from right to left: its first word with a direction decides. Handles, hashtags and
// addresses do not, since they stand in Latin before a text in any language.
func isRTL(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "@") || strings.HasPrefix(word, "#") || strings.Contains(word, "://") {
			continue
		}
		if rtl, ok := firstStrong(word); ok {
			return rtl
		}
	}
	rtl, _ := firstStrong(text)
	return rtl
}

func firstStrong(text string) (rtl, ok bool) {
	for _, r := range text {
		switch classOf(r) {
		case bidi.L:
			return false, true
		case bidi.R, bidi.AL:
			return true, true
		}
	}
	return false, false
}

func classOf(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

const leftToRightMark, rightToLeftMark = "\u200E", "\u200F"

// levels returns the embedding level of each character of one paragraph (Unicode's bidirectional algorithm, UAX #9). The
// library tells directions only; which of the left-to-right ones are numbers within right-to-left text follows from
// their classes.
func levels(text []rune, rtl bool) []uint8 {
	out := make([]uint8, len(text))
	mark, base := leftToRightMark, uint8(0)
	if rtl {
		mark, base = rightToLeftMark, 1
	}
	for i := range out {
		out[i] = base
	}
	read := asRead(text, rtl)
	var p bidi.Paragraph
	if _, err := p.SetString(mark + string(read)); err != nil {
		return out
	}
	order, err := p.Order()
	if err != nil {
		return out
	}
	for i := range order.NumRuns() {
		run := order.Run(i)
		first, last := run.Pos() // the mark is character 0
		for at := max(first, 1); at <= min(last, len(text)); at++ {
			switch {
			case run.Direction() == bidi.RightToLeft:
				out[at-1] = 1
			case rtl:
				out[at-1] = 2
			default:
				out[at-1] = 0
			}
		}
	}
	if !rtl {
		raiseNumbers(read, out)
	}
	return out
}

// asRead is a text of the same length in which the sign of a Latin handle or hashtag, all of an address, and brackets
// count as letters: else they would be torn apart between words that are read from the right.
func asRead(text []rune, rtl bool) []rune {
	out := slices.Clone(text)
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && !isSpace(text[end]) {
			end++
		}
		word := out[i:end]
		switch {
		case strings.Contains(string(word), "://"):
			for at := range word {
				word[at] = latinLetter
			}
		case len(word) > 1 && (word[0] == '@' || word[0] == '#') && classOf(word[1]) == bidi.L:
			word[0] = latinLetter
		}
		i = end + 1
	}
	settleBrackets(out, rtl)
	return out
}

// raiseNumbers gives the numbers within right-to-left text of a left-to-right paragraph their level, 2 (rules W2 to W7).
func raiseNumbers(text []rune, levels []uint8) {
	strong := bidi.L
	for i, r := range text {
		switch class := classOf(r); class {
		case bidi.L, bidi.R, bidi.AL:
			strong = class
		case bidi.AN:
			levels[i] = 2
		case bidi.EN:
			if strong != bidi.L {
				levels[i] = 2
			}
		}
	}
	joinSeparators(text, levels)
}

// joinSeparators raises what stands within a number, as the point in 1.5, or at it, as a sign of percent.
func joinSeparators(text []rune, levels []uint8) {
	isNumber := func(i int) bool { return i >= 0 && i < len(text) && levels[i] == 2 }
	for i, r := range text {
		switch class := classOf(r); {
		case levels[i] != 0:
		case class == bidi.NSM && isNumber(i-1), class == bidi.ET && isNumber(i-1):
			levels[i] = 2
		case (class == bidi.ES || class == bidi.CS) && isNumber(i-1) && isNumber(i+1):
			levels[i] = 2
		}
	}
	for i := len(text) - 1; i >= 0; i-- {
		if levels[i] == 0 && classOf(text[i]) == bidi.ET && isNumber(i+1) {
			levels[i] = 2
		}
	}
}

// reorder puts what is in logical order into the order on the screen, from left to right (rule L2).
func reorder[T any](items []T, level func(T) uint8) {
	var highest uint8
	for _, item := range items {
		highest = max(highest, level(item))
	}
	for at := highest; at > 0; at-- {
		for i := 0; i < len(items); i++ {
			end := i
			for end < len(items) && level(items[end]) >= at {
				end++
			}
			slices.Reverse(items[i:end])
			i = max(i, end)
		}
	}
}

func isSpace(r rune) bool { return unicode.IsSpace(r) }
