package postgres

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge"
)

// cleaned makes all texts among values such as PostgreSQL takes.
func cleaned(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = cleanText(v)
		case []string:
			for j, text := range v {
				v[j] = cleanText(text)
			}
		case []*string:
			for j, text := range v {
				if text != nil {
					clean := cleanText(*text)
					v[j] = &clean
				}
			}
		}
	}
	return args
}

// cleanText puts U+FFFD in the place of what PostgreSQL takes in no text: a NUL, and what is not UTF-8.
func cleanText(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func encodeMedia(m []bridge.Attached) *string {
	if len(m) == 0 {
		return nil
	}
	return encoded(m)
}

func encodeProgress(p bridge.Progress) *string {
	if p == (bridge.Progress{}) {
		return nil
	}
	return encoded(p)
}

func encoded(value any) *string {
	b, _ := json.Marshal(value) // plain values only: cannot fail
	text := string(b)
	return &text
}

func decode(text *string, into any) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal([]byte(*text), into)
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// latest bounds what is kept of a time that makes no sense, and earliest too.
var (
	latest   = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	earliest = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
	// longAgo is when what is due at any time is due.
	longAgo = time.UnixMilli(0)
)

// stamp is a time as it is kept: to the millisecond, and nil for the zero time.
func stamp(t time.Time) *time.Time {
	switch {
	case t.IsZero():
		return nil
	case t.After(latest):
		t = latest
	case t.Before(earliest):
		t = earliest
	}
	t = time.UnixMilli(t.UnixMilli())
	return &t
}

// moment is stamp for what has to have a time.
func moment(t time.Time) time.Time {
	if kept := stamp(t); kept != nil {
		return *kept
	}
	return longAgo
}

// bound is a time that others are compared with; the zero time is before all.
func bound(t time.Time) time.Time {
	if t.Before(earliest) {
		return earliest
	}
	return moment(t)
}

// timeOf is the time that was kept.
func timeOf(t *time.Time) time.Time {
	if t == nil || t.UnixMilli() == 0 {
		return time.Time{}
	}
	return t.Local()
}
