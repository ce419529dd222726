// Package postlen counts a post as X counts it: the weighted length of twitter-text's configuration 3.
//
// The text is brought into normal form C first. A link weighs 23 however long it is, and a bare host name with a known
// top-level domain is a link. An emoji of several code points weighs 2. Of everything else, the characters U+0000 to
// U+10FF (Latin, Greek, Cyrillic, Hebrew, Arabic, Indic, Thai and their neighbours) and common punctuation weigh 1, the
// rest 2.
//
// The results are those of parseTweet in npm's twitter-text 3.1.0, its oddities included; oracle/make.mjs makes the
// tables and the texts that prove it. The time is linear in the length of the text, whatever the text is.
package postlen

import (
	"math"
	"unicode/utf16"
)

// Max is the weight of the longest post that X takes.
const Max = 280

const (
	linkWeight  = 23
	emojiWeight = 2
)

// Result is what X makes of a text.
type Result struct {
	// Weighted is the weighted length, 0 for the empty text.
	Weighted int
	// Valid says that X takes the text as a post: 1 to Max weighted characters, and none of U+FFFE, U+FEFF and U+FFFF.
	Valid bool
	// Permillage is Weighted in thousandths of Max, rounded down; over 1000 when the text is too long.
	Permillage int
}

// Measure counts text. A byte that is not UTF-8 counts as U+FFFD. It never fails and is safe for concurrent use.
func Measure(text string) Result {
	units := utf16.Encode([]rune(nfc(text)))
	links, emoji := findLinks(units), findEmoji(units)
	weighted, clean := 0, true
	for at := 0; at < len(units); {
		if n := takeAt(&links, at); n > 0 {
			at, weighted = at+n, weighted+linkWeight
		} else if n := takeAt(&emoji, at); n > 0 {
			at, weighted = at+n, weighted+emojiWeight
		} else {
			n, weight := character(units[at:])
			at, weighted = at+n, weighted+weight
		}
		clean = clean && !invalid(units[at-1])
	}
	return Result{
		Weighted: weighted,
		Valid:    clean && 0 < weighted && weighted <= Max,
		// In floating point, since the reference rounds some whole thousandths down.
		Permillage: int(math.Floor(float64(weighted) / Max * 1000)),
	}
}

// HasLink reports whether X finds a link in a text. It never fails and is safe for concurrent use.
func HasLink(text string) bool {
	return len(findLinks(utf16.Encode([]rune(nfc(text))))) > 0
}

// findEmoji returns the emoji of several code points, in their order. They are looked for in the whole text, links
// included, since a link that ends inside an emoji does not make a new one of its rest.
func findEmoji(units []uint16) []piece {
	var found []piece
	for at := 0; at < len(units); at++ {
		if n := emojiTrie().longest(units[at:]); n > 0 {
			found = append(found, piece{at, n})
			at += n - 1
		}
	}
	return found
}

// character returns the size and the weight of the character that units begins with.
func character(units []uint16) (size, weight int) {
	if len(units) > 1 && utf16.DecodeRune(rune(units[0]), rune(units[1])) != '\uFFFD' {
		return 2, 2
	}
	if light(units[0]) {
		return 1, 1
	}
	return 1, 2
}

// light reports whether a unit weighs 1.
func light(u uint16) bool {
	return u <= 0x10FF || 0x2000 <= u && u <= 0x200D || 0x2010 <= u && u <= 0x201F || 0x2032 <= u && u <= 0x2037
}

// invalid reports whether X refuses a post for the unit.
func invalid(u uint16) bool { return u == 0xFFFE || u == 0xFEFF || u == 0xFFFF }
