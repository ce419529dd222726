// Package typeset sets text in any script: it picks fonts, shapes, puts right-to-left text in order, breaks lines and draws.
//
// Fyne draws what its own font holds, from left to right, and does that well; IsPlain tells such texts. All others are set
// here: first with Fyne's fonts, then with the system's, which are looked up once, read in the background and only when a
// text needs them; in a browser, whose fonts nobody may read, the browser's Pen writes. It guarantees that no letter is shown as the replacement character for want of a font: a text that
// waits for one keeps a gap, and where there is none a box names the script. What is cut is cut at the end that is read
// last, between what people take for letters, so that no emoji, flag or accent is torn. The text itself stays as it was
// written: the order on the screen is made for drawing only.
//
// A Fonts may be used from several threads.
package typeset

import (
	"slices"
	"unicode"

	"github.com/go-text/typesetting/language"
	"golang.org/x/text/unicode/bidi"
)

// Style is how a text is set. Size is in Fyne's units.
type Style struct {
	Size       float32
	Bold, Mono bool
}

// IsPlain reports whether Fyne itself shows a text rightly: its own font has all letters, and they go from left to right.
func (f *Fonts) IsPlain(text string, style Style) bool {
	i := 0
	for i < len(text) && text[i] < 0x80 {
		i++
	}
	if i == len(text) {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	face := f.base(style)
	for _, r := range text[i:] {
		if r < 0x80 {
			continue
		}
		if isJoiner(r) || isEmoji(r) || isRightToLeft(r) {
			return false
		}
		if _, ok := face.NominalGlyph(r); !ok {
			return false
		}
	}
	return true
}

func isRightToLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.AN, bidi.RLE, bidi.RLO, bidi.RLI:
		return true
	}
	return false
}

// Joiners and marks that have no picture of their own.
const (
	zeroWidthNonJoiner = 0x200C
	zeroWidthJoiner    = 0x200D
	keycap             = 0x20E3
	textSelector       = 0xFE0E
	emojiSelector      = 0xFE0F
)

func isJoiner(r rune) bool {
	return r == zeroWidthJoiner || r == zeroWidthNonJoiner || r >= 0xFE00 && r <= emojiSelector
}

// isInvisible reports whether a character needs no glyph: a font without it still shows the text.
func isInvisible(r rune) bool {
	return isJoiner(r) || unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector) || r == 0x034F || r == 0x00AD
}

// emoji are the characters of the basic plane that are pictures unless something says otherwise (Unicode's
// Emoji_Presentation).
var emoji = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x231A, Hi: 0x231B, Stride: 1},
	{Lo: 0x23E9, Hi: 0x23EC, Stride: 1},
	{Lo: 0x23F0, Hi: 0x23F3, Stride: 3},
	{Lo: 0x25FD, Hi: 0x25FE, Stride: 1},
	{Lo: 0x2614, Hi: 0x2615, Stride: 1},
	{Lo: 0x2648, Hi: 0x2653, Stride: 1},
	{Lo: 0x267F, Hi: 0x2693, Stride: 0x14},
	{Lo: 0x26A1, Hi: 0x26AA, Stride: 9},
	{Lo: 0x26AB, Hi: 0x26BD, Stride: 0x12},
	{Lo: 0x26BE, Hi: 0x26C4, Stride: 6},
	{Lo: 0x26C5, Hi: 0x26CE, Stride: 9},
	{Lo: 0x26D4, Hi: 0x26EA, Stride: 0x16},
	{Lo: 0x26F2, Hi: 0x26F3, Stride: 1},
	{Lo: 0x26F5, Hi: 0x26FA, Stride: 5},
	{Lo: 0x26FD, Hi: 0x2705, Stride: 8},
	{Lo: 0x270A, Hi: 0x270B, Stride: 1},
	{Lo: 0x2728, Hi: 0x274C, Stride: 0x24},
	{Lo: 0x274E, Hi: 0x2753, Stride: 5},
	{Lo: 0x2754, Hi: 0x2755, Stride: 1},
	{Lo: 0x2757, Hi: 0x2795, Stride: 0x3E},
	{Lo: 0x2796, Hi: 0x2797, Stride: 1},
	{Lo: 0x27B0, Hi: 0x27BF, Stride: 0xF},
	{Lo: 0x2B1B, Hi: 0x2B1C, Stride: 1},
	{Lo: 0x2B50, Hi: 0x2B55, Stride: 5},
}}

// isEmoji reports whether a character is shown as a picture. Beyond the basic plane all pictographs are, as on X.
func isEmoji(r rune) bool {
	return r >= 0x1F1E6 && r <= 0x1FAFF && (r < 0x1F700 || r >= 0x1F7E0) && (r < 0x1F800 || r >= 0x1F90C) ||
		r == 0x1F004 || r == 0x1F0CF || r == 0x1F18E || r >= 0x1F191 && r <= 0x1F19A || r < 0x1F000 && unicode.Is(emoji, r)
}

// isEmojiCluster reports whether what people take for one letter is a picture.
func isEmojiCluster(cluster []rune) bool {
	if slices.Contains(cluster, textSelector) {
		return false
	}
	return isEmoji(cluster[0]) || len(cluster) > 1 && (slices.Contains(cluster, emojiSelector) || slices.Contains(cluster, keycap))
}

// scriptOf is the script that a cluster belongs to; language.Common for punctuation, digits and symbols.
func scriptOf(cluster []rune) language.Script {
	for _, r := range cluster {
		if s := language.LookupScript(r); s.Strong() {
			return s
		}
	}
	return language.Common
}
