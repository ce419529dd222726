// Package loose reads JSON that somebody else made.
//
// It guarantees that nothing but text that is no JSON, or nests too deeply, is an error: a member of an unexpected type
// is read as far as it has a meaning, and is otherwise the zero value, and its neighbours are still read. Every time is
// within a sane range or zero. Nothing panics. It knows neither X nor Motion.
package loose

import (
	"bytes"
	"errors"
	"strings"
)

// maxDepth is how deep JSON from outside may nest; what X and Motion send stays below 12.
const maxDepth = 64

// The reasons why bytes cannot be read at all.
var (
	ErrEmpty = errors.New("the body is empty")
	ErrDepth = errors.New("it is nested too deeply")
	ErrJSON  = errors.New("it is not valid JSON")
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// Trim returns raw without a byte order mark and without the white space around it.
func Trim(raw []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(raw), byteOrderMark))
}

// Check returns why raw is not one JSON value of a sane depth; nil when it is.
func Check(raw []byte) error {
	raw = Trim(raw)
	switch {
	case len(raw) == 0:
		return ErrEmpty
	case isValue(raw, maxDepth):
		return nil
	case depth(raw) > maxDepth:
		return ErrDepth
	}
	return ErrJSON
}

// depth is how deep brackets nest outside of strings.
func depth(raw []byte) int {
	now, most, inString, escaped := 0, 0, false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			most = max(most, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return most
}

// Read decodes one JSON value. Members of an unexpected type are left as they are. The error is that of Check.
func Read(raw []byte, into any) error {
	if err := Check(raw); err != nil {
		return err
	}
	decode(Trim(raw), into)
	return nil
}

// IsObject reports whether raw is written as an object.
func IsObject(raw []byte) bool { return bytes.HasPrefix(Trim(raw), []byte("{")) }

// IsEmpty reports whether a member says nothing: it is missing, null, or an empty text, list or object.
func IsEmpty(raw []byte) bool {
	switch string(Trim(raw)) {
	case "", "null", `""`, "[]", "{}", "false":
		return true
	}
	return false
}

// IsJSON reports whether raw is an object or a list, as the answers of an API are.
func IsJSON(raw []byte) bool {
	raw = Trim(raw)
	return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') && Check(raw) == nil
}

// IsPage reports whether an answer is a web page, by its Content-Type or by how it begins.
func IsPage(contentType string, body []byte) bool {
	kind := strings.ToLower(contentType)
	return strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "application/xhtml") || bytes.HasPrefix(Trim(body), []byte("<"))
}

// Clean makes text valid UTF-8, which everything that is stored or passed on has to be.
func Clean(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// Brief keeps a foreign sentence short and on one line.
func Brief(text string) string {
	const most = 200
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
