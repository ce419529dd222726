package format

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"perch/ui/translation"
)

// Bytes is a size for people.
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1000_000)
}

// Number groups digits, as 12 345.
func Number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u2009" + text[i:]
	}
	return text
}

// Handle puts "@" before a handle, but not before a numeric id.
func Handle(who string) string {
	if who == "" || strings.TrimLeft(who, "0123456789") == "" {
		return who
	}
	return "@" + who
}

// Upper makes the first letter a capital.
func Upper(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:size]) + text[size:]
}

// Sentence ends with a full stop and begins with a capital.
func Sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return Upper(text)
	}
	return Upper(text) + "."
}

// Advice is a remedy as a sentence. One that names the file of settings or a command for secrets says where in the window
// the same can be done.
func Advice(remedy string, t *translation.Texts) string {
	if strings.Contains(remedy, "perch.toml") || strings.Contains(remedy, "perch secret set") {
		return Sentence(remedy) + " " + t.T("window.in_settings")
	}
	return Sentence(remedy)
}

// Problem makes one text of what is wrong and what to do about it.
func Problem(message, remedy string) string {
	if remedy == "" {
		return Sentence(message)
	}
	return Sentence(message) + " " + Sentence(remedy)
}
