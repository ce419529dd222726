package hostile

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

// windowLength is how long most windows of X are.
const windowLength = 15 * time.Minute

// oddReset is when a window ends, in a form that X does not use.
func (s *spoiler) oddReset() string {
	at := s.now.Add(windowLength).Unix()
	return pickOne(s, []string{
		strconv.FormatInt(at*1000, 10), strconv.FormatInt(at*1_000_000, 10), strconv.FormatInt(at*1_000_000_000, 10), "-5", "0", "", "soon",
		"9223372036854775807", "99999999999999999999", strconv.FormatInt(at, 10) + ".5", "1e10", "1857000000000",
		s.now.Add(windowLength).UTC().Format(http.TimeFormat), s.now.Add(windowLength).UTC().Format(time.RFC3339), strconv.FormatInt(at-7*24*3600, 10), "900",
	})
}

// limits puts rate-limit headers that make no sense on the answer, or on a 429.
func (s *spoiler) limits(a *serve.Answer, isV11 bool) {
	if len(a.Body) == 0 && a.Stream == nil {
		made := fault.TooMany().Answer(isV11)
		a.Status, a.Headers, a.Body = made.Status, made.Headers, made.Body
	}
	prefix := pickOne(s, []string{"X-Rate-Limit-", "X-Rate-Limit-", "X-User-Limit-24hour-", "X-App-Limit-24hour-"})
	reset := s.oddReset()
	remaining := pickOne(s, []string{"0", "14", "-1", "", "many", "1.5", "9223372036854775807"})
	limit := pickOne(s, []string{"15", "0", "-3", "", "all", "99999999999999999999"})
	for name, value := range map[string]string{"Reset": reset, "Remaining": remaining, "Limit": limit} {
		a.Header().Set(prefix+name, value)
	}
	missing := pickOne(s, []string{"Reset", "Remaining", "Limit", "", "", ""})
	a.Header().Del(prefix + missing)
	s.words = fmt.Sprintf("status %d with %s Reset %q, Remaining %q, Limit %q, without %q", a.Status, prefix, reset, remaining, limit, missing)
}

// later makes a 429 or 503 with a Retry-After that makes no sense.
func (s *spoiler) later(a *serve.Answer, isV11 bool) {
	fault := pickOne(s, []fault.Fault{fault.TooMany(), fault.Unavailable(), fault.Unavailable(), fault.Broken()})
	made := fault.Answer(isV11)
	a.Status, a.Headers, a.Body = made.Status, made.Headers, made.Body
	value := pickOne(s, []string{
		"-1", "0", "", "1.5", "soon", "99999999999999999999", "31536000", "9223372036", "1e3", "120s", s.now.AddDate(73, 0, 0).UTC().Format(http.TimeFormat),
		"Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", s.now.Add(time.Second).UTC().Format(time.RFC3339), strconv.FormatInt(s.now.UnixMilli(), 10),
	})
	a.Header().Set("Retry-After", value)
	if s.oneIn(2) { // the window says nothing about an outage
		a.Header().Set("X-Rate-Limit-Limit", "900")
		a.Header().Set("X-Rate-Limit-Remaining", "899")
		a.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(s.now.Add(windowLength).Unix(), 10))
	}
	s.words = fmt.Sprintf("status %d with Retry-After %q", a.Status, value)
}

// clock puts a Date that makes no sense on the answer, or on X's refusal of a time.
func (s *spoiler) clock(a *serve.Answer, isV11 bool) {
	if len(a.Body) == 0 && a.Stream == nil {
		made := fault.Clock().Answer(isV11)
		a.Status, a.Headers, a.Body = made.Status, made.Headers, made.Body
	}
	value := pickOne(s, []string{
		"", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", strconv.FormatInt(s.now.Unix(), 10),
		s.now.Add(-72 * time.Hour).UTC().Format(http.TimeFormat), s.now.AddDate(40, 0, 0).UTC().Format(http.TimeFormat), s.now.UTC().Format(time.RFC3339),
	})
	a.Header().Set("Date", value)
	s.words = fmt.Sprintf("status %d with Date %q", a.Status, value)
}
