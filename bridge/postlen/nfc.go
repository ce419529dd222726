package postlen

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// joiner is what norm puts into a text that has more than thirty marks in a row.
const joiner = "\u034F"

// nfc returns text in normal form C. Unlike norm it also keeps marks without limit as they are, as X does.
func nfc(text string) string {
	if norm.NFC.IsNormalString(text) {
		return text
	}
	short := norm.NFC.String(text)
	if strings.Count(short, joiner) == strings.Count(text, joiner) {
		return short
	}
	return string(compose(decompose(text)))
}

// decompose returns text in normal form D.
func decompose(text string) []rune {
	var points []rune
	for _, r := range text {
		points = append(points, []rune(norm.NFD.String(string(r)))...)
	}
	for start := 0; start < len(points); start++ {
		end := start
		for end < len(points) && markClass(points[end]) != 0 {
			end++
		}
		slices.SortStableFunc(points[start:end], func(a, b rune) int { return int(markClass(a)) - int(markClass(b)) })
		start = end
	}
	return points
}

// compose joins, in place, what has a composed form (Unicode Standard, section 3.11, D117).
func compose(points []rune) []rune {
	out := points[:0]
	starter := -1
	var last uint8
	for _, r := range points {
		class := markClass(r)
		adjacent := starter == len(out)-1
		if starter >= 0 && (adjacent || last < class) {
			if pair := []rune(norm.NFC.String(string([]rune{out[starter], r}))); len(pair) == 1 {
				out[starter] = pair[0]
				continue
			}
		}
		if class == 0 {
			starter = len(out)
		}
		last = class
		out = append(out, r)
	}
	return out
}

// markClass returns the canonical combining class of r, 0 for a character that begins anew.
func markClass(r rune) uint8 { return norm.NFC.PropertiesString(string(r)).CCC() }
