package control

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
)

// The days that have names.
const (
	dayToday     = "today"
	dayYesterday = "yesterday"
)

var (
	// dayForms and timeForms are how people write a day and a time.
	dayForms  = []string{"2006-01-02", "02.01.2006", "02/01/2006"}
	timeForms = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"}
	// agoForm is a number of minutes, hours, days or weeks before now.
	agoForm = regexp.MustCompile(`^([0-9]{1,6})(min|m|h|d|w)$`)
)

// ParseSince reads the time from which on messages are wanted: a day, which counts from its beginning, a time, or how long ago
// ("3d"). Days and times without an offset are those of now's time zone. Its error says what can be written.
func ParseSince(text string, now time.Time) (time.Time, error) {
	at, _, err := parseWhen(text, now)
	return at, err
}

// ParseUntil reads the time before which messages are wanted. A day counts to its end; all else is as for ParseSince.
func ParseUntil(text string, now time.Time) (time.Time, error) {
	at, isDay, err := parseWhen(text, now)
	if isDay {
		at = startOfDay(at, 1)
	}
	return at, err
}

// startOfDay is the beginning of the day that is so many days after that of a time. Not all days have 24 hours.
func startOfDay(at time.Time, days int) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, at.Location())
}

func parseWhen(text string, now time.Time) (at time.Time, isDay bool, err error) {
	switch word := strings.ToLower(strings.TrimSpace(text)); word {
	case "":
		return time.Time{}, false, nil
	case "now":
		return now, false, nil
	case dayToday:
		return startOfDay(now, 0), true, nil
	case dayYesterday:
		return startOfDay(now, -1), true, nil
	default:
		if m := agoForm.FindStringSubmatch(word); m != nil {
			n, _ := strconv.Atoi(m[1]) // six digits at most
			return ago(now, n, m[2]), false, nil
		}
	}
	text = strings.TrimSpace(text)
	for _, form := range dayForms {
		if at, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return at, true, nil
		}
	}
	for _, form := range timeForms {
		if at, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return at, false, nil
		}
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, false, nil
	}
	return time.Time{}, false, &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Message: fmt.Sprintf("%q is not a day or a time", text),
		Remedy: "write a day (2026-11-30, today, yesterday), a time (2026-11-30T10:00) or how long ago (45m, 12h, 3d, 2w)",
	}
}

func ago(now time.Time, n int, unit string) time.Time {
	switch unit {
	case "d":
		return now.AddDate(0, 0, -n)
	case "w":
		return now.AddDate(0, 0, -7*n)
	case "h":
		return now.Add(-time.Duration(n) * time.Hour)
	}
	return now.Add(-time.Duration(n) * time.Minute)
}

// CheckSpan says in words when a time ends before it begins.
func CheckSpan(since, until time.Time) error {
	if since.IsZero() || until.IsZero() || since.Before(until) {
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Message: "the time ends before it begins: nothing is both since " + since.Format("2006-01-02 15:04") + " and until " + until.Format("2006-01-02 15:04"),
		Remedy: "exchange the two",
	}
}
