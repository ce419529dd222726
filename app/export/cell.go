package export

import (
	"strings"
	"unicode"

	"perch/bridge/visible"
)

const (
	// asText is put before what a spreadsheet program would take for something else than a text.
	asText = "'"
	// exactDigits is how many digits spreadsheet programs keep of a number (IEEE 754, as Excel has it); an id of X has 19.
	exactDigits = 15
	// formulaSigns begin a formula: those of the keyboard, their full-width and small forms, and the minus sign.
	formulaSigns = "=+-@＝＋－＠﹦﹢﹣﹫−"
)

// cell is a text that no spreadsheet program computes, rounds or obeys: an apostrophe comes before each line that would begin a
// formula (a line, because a program that parts cells by another sign takes each for a row) and before a number that would
// not keep all its digits. What steers a terminal or deceives a reader is shown.
func cell(text string) string {
	text = visible.Lines(text)
	if isLongNumber(text) {
		return asText + text
	}
	if !strings.ContainsAny(text, formulaSigns+"\t") {
		return text
	}
	all := strings.Split(text, "\n")
	for i, line := range all {
		if isFormula(line) {
			all[i] = asText + line
		}
	}
	return strings.Join(all, "\n")
}

// isFormula reports whether a line begins one, be it behind spaces and what nobody sees.
func isFormula(line string) bool {
	if strings.HasPrefix(line, "\t") {
		return true
	}
	rest := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Mn) })
	return rest != "" && strings.ContainsRune(formulaSigns, []rune(rest)[0])
}

func isLongNumber(text string) bool {
	if strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		return false
	}
	return len(text) > exactDigits || (len(text) > 1 && text[0] == '0')
}
