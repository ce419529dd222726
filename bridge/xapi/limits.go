package xapi

import (
	"net/http"
	"strconv"
	"time"

	"perch/bridge"
)

// windowHeaders are the headers in which X tells its limits (X docs: rate limits; the 24-hour ones as seen in
// clients of the live service).
var windowHeaders = []struct{ name, prefix string }{
	{"15min", "X-Rate-Limit-"},
	{"user_24h", "X-User-Limit-24hour-"},
	{"app_24h", "X-App-Limit-24hour-"},
}

// windowsOf reads the limits out of an answer's headers. Windows without an end are left out.
func windowsOf(h http.Header) []bridge.Window {
	var windows []bridge.Window
	for _, w := range windowHeaders {
		reset, err := strconv.ParseInt(h.Get(w.prefix+"Reset"), 10, 64)
		if err != nil || reset <= 0 {
			continue
		}
		remaining, err := strconv.Atoi(h.Get(w.prefix + "Remaining"))
		if err != nil {
			continue
		}
		limit, _ := strconv.Atoi(h.Get(w.prefix + "Limit")) // for show only
		windows = append(windows, bridge.Window{Name: w.name, Limit: limit, Remaining: remaining, Reset: time.Unix(reset, 0)})
	}
	return windows
}

func (c *caller) observe(endpoint string, a *answer) {
	if c.config.Quota == nil {
		return
	}
	c.config.Quota.Observe(endpoint, windowsOf(a.header), a.status == http.StatusTooManyRequests)
}

// retryAt returns when a limited call may be repeated: the latest end of a used-up window, else what Retry-After
// says; zero when X did not tell.
func retryAt(h http.Header) time.Time {
	var at time.Time
	windows := windowsOf(h)
	for _, w := range windows {
		if w.Remaining <= 0 && w.Reset.After(at) {
			at = w.Reset
		}
	}
	if at.IsZero() {
		at = retryAfter(h)
	}
	if at.IsZero() && len(windows) == 1 {
		at = windows[0].Reset // it says that some is left, but X refused: the only end known is the best guess
	}
	return at
}

func retryAfter(h http.Header) time.Time {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return time.Now().Add(time.Duration(seconds) * time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return at
	}
	return time.Time{}
}
