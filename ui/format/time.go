package format

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"perch/ui/translation"
)

// Clock is a time of today with seconds, or a day with minutes.
func Clock(at, now time.Time, t *translation.Texts) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(now.Location())
	if isSameDay(at, now) {
		return at.Format("15:04:05")
	}
	return day(at, t) + at.Format(" 15:04")
}

// ShortClock is a time of today without seconds, or a day with minutes.
func ShortClock(at, now time.Time, t *translation.Texts) string {
	at = at.In(now.Location())
	if isSameDay(at, now) {
		return at.Format("15:04")
	}
	return day(at, t) + at.Format(" 15:04")
}

// Day is a day, with its year when that is another one.
func Day(at, now time.Time, t *translation.Texts) string {
	at = at.In(now.Location())
	if at.Year() == now.Year() {
		return day(at, t)
	}
	return day(at, t) + at.Format(" 2006")
}

// day is a day without its year.
func day(at time.Time, t *translation.Texts) string {
	months := strings.Split(t.T("window.months"), " ")
	if len(months) != 12 {
		return at.Format("01-02")
	}
	return strconv.Itoa(at.Day()) + " " + months[at.Month()-1]
}

func isSameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// Ago says how long ago a time was.
func Ago(at, now time.Time, t *translation.Texts) string {
	switch d := now.Sub(at); {
	case at.IsZero():
		return t.T("window.ago.never")
	case d < 5*time.Second:
		return t.T("window.ago.now")
	case d < time.Minute: // in steps, so that a page is not drawn anew each second
		return t.T("window.ago.seconds", int(d.Seconds())/5*5)
	case d < time.Hour:
		return t.T("window.ago.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return t.T("window.ago.hours", int(d.Hours()))
	default:
		return t.T("window.ago.days", int(d.Hours()/24))
	}
}

// Span is a length of time in at most two units.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d d %d h", int(d.Hours())/24, int(d.Hours())%24)
}
