package xcall

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// Each kind of answer has its own clock and its own longest wait, whatever X's headers hold.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(26 * 365 * 24 * time.Hour) // the clock of these tests begins in 2000
		now := time.Now()
		ahead := func(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }
		window := func(remaining, reset string, more ...string) http.Header {
			h := http.Header{}
			h.Set("x-rate-limit-limit", "100")
			h.Set("x-rate-limit-remaining", remaining)
			h.Set("x-rate-limit-reset", reset)
			for i := 0; i < len(more); i += 2 {
				h.Set(more[i], more[i+1])
			}
			return h
		}
		date := func(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
		for _, tc := range []struct {
			name   string
			status int
			header http.Header
			want   time.Duration // 0: X did not say
		}{
			{"outage, open window", 503, window("99", ahead(15*time.Minute)), 0},
			{"outage, used-up window", 503, window("0", ahead(15*time.Minute)), 0},
			{"outage that says when", 503, window("9", "1", "Retry-After", "90"), 90 * time.Second},
			{"outage that asks for a year", 503, window("9", "1", "Retry-After", "31536000"), MaxOutageWait},
			{"outage that asks for more than there is", 503, window("9", "1", "Retry-After", "1e300"), MaxOutageWait},
			{"outage until 2099", 503, window("9", "1", "Retry-After", "Thu, 01 Jan 2099 00:00:00 GMT"), MaxOutageWait},
			{"outage that asks for less than nothing", 503, window("9", "1", "Retry-After", "-17"), 0},
			{"outage that asks for nonsense", 503, window("9", "1", "Retry-After", "NaN"), 0},
			{"limit", 429, window("0", ahead(10*time.Minute)), 10 * time.Minute},
			{"limit in milliseconds", 429, window("0", ahead(10*time.Minute)+"000"), 10 * time.Minute},
			{"limit in microseconds", 429, window("0", ahead(10*time.Minute)+"000000"), 10 * time.Minute},
			{"limit in nanoseconds", 429, window("0", ahead(10*time.Minute)+"000000000"), 10 * time.Minute},
			{"limit with a fraction", 429, window("0", ahead(10*time.Minute)+".0"), 10 * time.Minute},
			{"limit as a date", 429, window("0", date(now.Add(10*time.Minute))), 10 * time.Minute},
			{"limit by another clock", 429, window("0", ahead(24*time.Hour*30+10*time.Minute), "Date", date(now.Add(30*24*time.Hour))), 10 * time.Minute},
			{"limit by a clock that never was set", 429, window("0", ahead(10*time.Minute), "Date", "Thu, 01 Jan 1970 00:00:00 GMT"), 10 * time.Minute},
			{"limit of a hundred years", 429, window("0", ahead(100*365*24*time.Hour)), 0},
			{"limit that is over", 429, window("0", ahead(-time.Hour)), 0},
			{"limit until nonsense", 429, window("0", "soon"), 0},
			{"limit with Retry-After alone", 429, http.Header{"Retry-After": {"3600"}}, time.Hour},
			{"limit with a far Retry-After", 429, http.Header{"Retry-After": {"99999999"}}, bridge.MaxWindow},
		} {
			e := Classify(Call{Op: "try", Endpoint: "dm.send"}, &Answer{Status: tc.status, Header: tc.header, Body: []byte("{}")})
			got := time.Duration(0)
			if !e.RetryAt.IsZero() {
				got = e.RetryAt.Sub(now)
			}
			if (got - tc.want).Abs() > time.Second {
				t.Errorf("%s: waits %v, want %v", tc.name, got, tc.want)
			}
		}
	})
}
