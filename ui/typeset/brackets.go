package typeset

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// brackets are pairs, the opening one first.
var brackets = []rune("()[]{}（）［］｛｝「」『』【】《》〈〉〔〕⟨⟩⟦⟧")

// Letters that stand for characters of a direction.
const latinLetter, hebrewLetter = 'a', 'א'

// settleBrackets puts letters in the place of brackets whose direction is that of what is in them or before them (rule
// N0), because the library looks for pairs and finds none: "(19)" behind an English word stays whole.
func settleBrackets(text []rune, rtl bool) {
	base, other := latinLetter, hebrewLetter
	if rtl {
		base, other = hebrewLetter, latinLetter
	}
	sides := sidesOf(text, base)
	for _, pair := range pairsOf(text) {
		inside := sides[pair[0]+1 : pair[1]]
		switch {
		case slices.Contains(inside, base):
			text[pair[0]] = base
		case !slices.Contains(inside, other):
			continue
		case before(sides[:pair[0]], base) == other:
			text[pair[0]] = other
		default:
			text[pair[0]] = base
		}
		text[pair[1]] = text[pair[0]]
		sides[pair[0]], sides[pair[1]] = text[pair[0]], text[pair[0]]
	}
}

// sidesOf tells for each character a letter of its direction, or 0. Numbers go with the last letter.
func sidesOf(text []rune, base rune) []rune {
	sides, last := make([]rune, len(text)), base
	for i, r := range text {
		switch classOf(r) {
		case bidi.L:
			last, sides[i] = latinLetter, latinLetter
		case bidi.R, bidi.AL:
			last, sides[i] = hebrewLetter, hebrewLetter
		case bidi.AN:
			sides[i] = hebrewLetter
		case bidi.EN:
			if sides[i] = hebrewLetter; last == latinLetter {
				sides[i] = latinLetter
			}
		}
	}
	return sides
}

// before is the last direction there is.
func before(sides []rune, base rune) rune {
	for _, side := range slices.Backward(sides) {
		if side != 0 {
			return side
		}
	}
	return base
}

// pairsOf finds the pairs of brackets, in the order in which they open. Deeper ones than the standard counts are left.
func pairsOf(text []rune) [][2]int {
	const deepest = 63
	var open []int
	var pairs [][2]int
	for i, r := range text {
		at := slices.Index(brackets, r)
		switch {
		case at < 0:
		case at%2 == 0:
			if len(open) == deepest {
				return pairs
			}
			open = append(open, i)
		default:
			for n, from := range slices.Backward(open) {
				if text[from] == brackets[at-1] {
					pairs, open = append(pairs, [2]int{from, i}), open[:n]
					break
				}
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]int) int { return a[0] - b[0] })
	return pairs
}
