package logtail

import (
	"bytes"
	"regexp"
	"slices"
)

// Query selects lines. The zero value selects all.
type Query struct {
	// Level is the least level.
	Level string
	// Text is looked for whatever its case; Pattern is a regular expression. Both have to be met.
	Text    string
	Pattern *regexp.Regexp
}

// matches looks at the raw bytes first, because most lines of a search do not match.
func (q Query) matches(raw []byte, lower string) bool {
	if lower != "" && !bytes.Contains(bytes.ToLower(raw), []byte(lower)) {
		return false
	}
	if q.Pattern != nil && !q.Pattern.Match(raw) {
		return false
	}
	if q.Level == "" || q.Level == "debug" {
		return true
	}
	return slices.Index(Levels(), Parse(string(raw)).Level) >= slices.Index(Levels(), q.Level)
}
