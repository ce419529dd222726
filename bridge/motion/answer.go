package motion

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is what Motion said.
type answer struct {
	status int
	header http.Header
	body   []byte
	asked  string // the address that was called
}

func (a *answer) ok() bool { return a.status/100 == 2 }

// maxWait is the longest wait that Motion may ask for: it is the admin's own server, and is tried again rather too soon.
const maxWait = 15 * time.Minute

// retryAfter is the time that Retry-After asks for, as seconds or as a date; zero when there is none that makes sense.
func retryAfter(h http.Header) time.Time {
	value := strings.TrimSpace(h.Get("Retry-After"))
	wait := time.Duration(-1)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		wait = time.Duration(min(max(seconds, -1), maxWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = time.Until(at)
	}
	if wait < 0 {
		return time.Time{}
	}
	return time.Now().Add(min(wait, maxWait))
}
