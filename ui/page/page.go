// Package page turns what the relay tells into what the window's pages show: words, tones and rows. It knows the
// control API and nothing of widgets.
//
// It guarantees that its functions are pure but for Store and Minutes (which one goroutine owns), that no text holds a
// secret, and that 100,000 messages with 1,000 new ones a second take a few milliseconds a view.
package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/translation"
)

// Tone says how something is; the window gives it a colour.
type Tone int

// The tones.
const (
	Idle Tone = iota
	Busy
	Good
	Warn
	Bad
)

// Data is all that the pages are made of, at one moment. It is not changed once it was handed over.
type Data struct {
	Now time.Time
	// Asked is false until the relay was asked for the first time.
	Asked bool
	// Running is set when a relay answers; Status, Limits and URLs are its last answers.
	Running bool
	// Problem is why the relay's answers cannot be had although it may be running; nil for none.
	Problem *control.Failure
	// Doing is what the window is doing to the relay: "start", "stop", "restart"; "" for nothing.
	Doing  string
	Status control.Status
	Limits []control.Limit
	URLs   []control.URLs
	// View is the part of the traffic that the filter lets through.
	View View
	// Attention are the dead and undecided messages, newest first.
	Attention []*control.Message
	// Minutes counts messages a minute.
	Minutes Counts
	// Last are the newest messages of each channel and direction.
	Last map[LastKey]Last
	// Host tells whether anything on this desktop shows tray icons, and Login whether Perch starts at login.
	Host, Login desk.Answer
}

// LastKey names a direction ("in" or "out") of a channel.
type LastKey struct{ Channel, Direction string }

// Last is when a message was received last, and when one was delivered last; zero for never.
type Last struct{ Received, Delivered time.Time }

// IsKnown reports whether a relay has told how things are; a relay that has stopped since may have.
func (d Data) IsKnown() bool { return d.Running || len(d.Status.Channels) > 0 }

// Waiting is how many messages are on their way.
func (d Data) Waiting() int {
	n := 0
	for _, c := range d.Status.Channels {
		n += c.Inbound.Queued + c.Outbound.Queued
	}
	return n
}

// NeedYou is how many messages wait for a person.
func (d Data) NeedYou() int {
	n := 0
	for _, c := range d.Status.Channels {
		n += c.Inbound.Dead + c.Outbound.Dead + c.Outbound.Undecided
	}
	return n
}

// Clock is a time of today with seconds, or a day with minutes.
func Clock(at, now time.Time, t *translation.Texts) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(now.Location())
	if isSameDay(at, now) {
		return at.Format("15:04:05")
	}
	return Day(at, t) + at.Format(" 15:04")
}

// ShortClock is a time of today without seconds, or a day with minutes.
func ShortClock(at, now time.Time, t *translation.Texts) string {
	at = at.In(now.Location())
	if isSameDay(at, now) {
		return at.Format("15:04")
	}
	return Day(at, t) + at.Format(" 15:04")
}

// Day is a day without its year.
func Day(at time.Time, t *translation.Texts) string {
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

// Advice is a remedy as a sentence. One that names the file of settings or a command for secrets says where in the window
// the same can be done.
func Advice(remedy string, t *translation.Texts) string {
	if strings.Contains(remedy, "perch.toml") || strings.Contains(remedy, "perch secret set") {
		return Sentence(remedy) + " " + t.T("window.in_settings")
	}
	return Sentence(remedy)
}

// Sentence ends with a full stop and begins with a capital.
func Sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return Upper(text)
	}
	return Upper(text) + "."
}
