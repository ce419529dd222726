package kit

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// Fit returns text, cut with "…" where it is wider than width. It measures a few times only, by guessing from the mean
// width of a letter.
func Fit(text string, width, size float32, style fyne.TextStyle) string {
	// No letter of the font is narrower than this part of its size, so that very long texts are never measured whole.
	const narrowest = 0.2
	runes := []rune(text)
	if most := int(width/(size*narrowest)) + 1; len(runes) > most {
		runes = runes[:most]
	}
	full := fyne.MeasureText(string(runes), size, style).Width
	if full <= width+0.5 && len(runes) == utf8.RuneCountInString(text) {
		return text
	}
	n := len(runes)
	for range 4 {
		guess := int(float32(n) * width / max(full, 1))
		if guess >= n {
			guess = n - 1
		}
		if n = guess; n <= 0 {
			return "…"
		}
		cut := strings.TrimRight(string(runes[:n]), " ") + "…"
		if full = fyne.MeasureText(cut, size, style).Width; full <= width {
			return cut
		}
	}
	return strings.TrimRight(string(runes[:n*3/4]), " ") + "…"
}

// Wrap breaks a text into lines that are no wider than width where words allow it; a width of 0 breaks at line ends
// only. Longer words are broken between letters.
func Wrap(text string, width float32, measure func(string) float32) []string {
	lines := []string{}
	for part := range strings.SplitSeq(text, "\n") {
		line := ""
		for _, word := range strings.Fields(part) {
			for _, piece := range pieces(word, width, measure) {
				switch joined := strings.TrimLeft(line+" "+piece, " "); {
				case line == "" || width <= 0 || measure(joined) <= width:
					line = joined
				default:
					lines, line = append(lines, line), piece
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// pieces breaks a word that is wider than a line.
func pieces(word string, width float32, measure func(string) float32) []string {
	if width <= 0 {
		return []string{word}
	}
	var out []string
	for full := measure(word); full > width && utf8.RuneCountInString(word) > 1; full = measure(word) {
		runes := []rune(word)
		n := max(1, min(len(runes)-1, int(float32(len(runes))*width/full)))
		for n > 1 && measure(string(runes[:n])) > width {
			n--
		}
		out, word = append(out, string(runes[:n])), string(runes[n:])
	}
	return append(out, word)
}
