package xcall

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

const (
	// MaxOutageWait is the longest wait that X may ask for while it is out of order, and bridge.MaxWindow that of a limit:
	// each kind of answer has its own clock.
	MaxOutageWait = time.Hour
	// skewTolerance is the clock difference from which a refused signature is blamed on the clock. X accepts "some
	// minutes"; the Date header is exact to a second.
	skewTolerance = 30 * time.Second
	// pastWindow is how long ago a window may have ended and still be told of: clocks are never quite the same.
	pastWindow = time.Minute
)

// windowHeaders are the headers in which X tells its limits (X docs: rate limits; the 24-hour ones as seen in
// clients of the live service).
var windowHeaders = []struct{ name, prefix string }{
	{"15min", "X-Rate-Limit-"},
	{"user_24h", "X-User-Limit-24hour-"},
	{"app_24h", "X-App-Limit-24hour-"},
}

// windowsOf reads the limits out of an answer's headers. Windows without a sane end are left out.
func windowsOf(h http.Header) []bridge.Window {
	var windows []bridge.Window
	for _, w := range windowHeaders {
		reset := moment(h, loose.When(h.Get(w.prefix+"Reset")), bridge.MaxWindow)
		remaining, err := strconv.Atoi(strings.TrimSpace(h.Get(w.prefix + "Remaining")))
		if err != nil || reset.IsZero() {
			continue
		}
		limit, _ := strconv.Atoi(h.Get(w.prefix + "Limit")) // for show only
		windows = append(windows, bridge.Window{Name: w.name, Limit: max(limit, 0), Remaining: remaining, Reset: reset})
	}
	return windows
}

// moment turns a time of X's clock, which the answer's Date tells, into one of ours. It is zero when it lies further ahead
// than the wait may be at most, or in the past.
func moment(h http.Header, at time.Time, most time.Duration) time.Time {
	if at.IsZero() {
		return at
	}
	now := time.Now()
	clocks := []time.Time{now}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		clocks = []time.Time{theirs, now}
	}
	for _, clock := range clocks {
		wait, apart := at.Sub(clock), now.Sub(clock)
		switch {
		case wait <= -pastWindow || wait > most:
		case apart.Abs() < skewTolerance:
			return at
		default:
			return at.Add(apart.Round(time.Second))
		}
	}
	return time.Time{}
}

// limitedUntil returns when a limited call may be repeated: the latest end of a used-up window, else what Retry-After
// says; zero when X did not tell.
func limitedUntil(h http.Header) time.Time {
	var at time.Time
	windows := windowsOf(h)
	for _, w := range windows {
		if w.Remaining <= 0 && w.Reset.After(at) {
			at = w.Reset
		}
	}
	if at.IsZero() {
		at = RetryAfter(h, bridge.MaxWindow)
	}
	if at.IsZero() && len(windows) == 1 {
		at = windows[0].Reset // it says that some is left, but X refused: the only end known is the best guess
	}
	return at
}

// RetryAfter is the time that Retry-After asks for, as seconds or as a date; most bounds the wait. Zero when there is
// none that makes sense.
func RetryAfter(h http.Header, most time.Duration) time.Time {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if !(seconds >= 0) { // nor what is no number at all
			return time.Time{}
		}
		return time.Now().Add(min(time.Duration(min(seconds, most.Seconds())*float64(time.Second)), most))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return time.Time{}
	}
	if at = moment(h, at, 100*365*24*time.Hour); at.IsZero() {
		return at
	}
	if latest := time.Now().Add(most); at.After(latest) {
		return latest
	}
	return at
}
