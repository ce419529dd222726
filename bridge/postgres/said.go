package postgres

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"perch/bridge"
)

// saidMark stands between the parts of what a message can be found by. It is in none of them.
const saidMark = "\x01"

// saidBy is what a message can be found by: the text and both names with their "@", in letters without case. It is made here and
// not by the server, whose idea of letters depends on how it was set up.
func saidBy(d *bridge.Delivery) string { return folded(d.Text) + saidNames(d) }

func saidNames(d *bridge.Delivery) string {
	return saidMark + "@" + folded(d.From) + saidMark + "@" + folded(d.To)
}

func folded(s string) string {
	return strings.ReplaceAll(strings.Map(foldRune, cleanText(s)), saidMark, "\uFFFD")
}

// pattern is what LIKE finds a part by, whatever its case.
func pattern(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded(part)) + "%"
}

// foldRune makes letters that differ in case alone equal.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if least == r && unicode.SimpleFold(r) == r {
		return r
	}
	return unicode.ToLower(least)
}
