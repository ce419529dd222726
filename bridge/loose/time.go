package loose

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The range of times that are believed: this century. Within it every time
// can be written down and read again by every part of Perch.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Sane returns t, or the zero time when t is outside of the range that is believed.
func Sane(t time.Time) time.Time {
	if t.Before(earliest) || !t.Before(latest) {
		return time.Time{}
	}
	return t
}

// Time is a moment, given as text in one of the usual forms or as the number of seconds, milliseconds, microseconds or
// nanoseconds since 1970. It is zero when it cannot be read or is outside of the range that is believed.
type Time struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (t *Time) UnmarshalJSON(raw []byte) error {
	t.Time = When(scalar(bytes.TrimSpace(raw)))
	return nil
}

// layouts are the forms of dates that X and web servers write (X docs: data dictionaries; RFC 9110).
var layouts = []string{time.RFC3339, time.RubyDate, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", http.TimeFormat, time.RFC850, time.ANSIC}

// When reads a time as Time does.
func When(text string) time.Time {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789") != "" { // no date is digits alone, and each that does not fit costs an error
		for _, layout := range layouts {
			if t, err := time.Parse(layout, text); err == nil {
				return Sane(t)
			}
		}
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return Epoch(n)
	}
	return time.Time{}
}

// Epoch reads a number since 1970, in the unit that makes it a time of now: seconds, or thousandths of one, a million or
// a billion times. Zero when there is none.
func Epoch(n float64) time.Time {
	// Within the range that is believed no number fits two units: each is a thousand times the one before.
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond} {
		seconds := n * unit.Seconds()
		if seconds >= float64(earliest.Unix()) && seconds < float64(latest.Unix()) {
			whole := int64(seconds)
			return time.Unix(whole, int64((seconds-float64(whole))*1e9)).Round(time.Millisecond)
		}
	}
	return time.Time{}
}
