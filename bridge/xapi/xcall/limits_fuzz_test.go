package xcall

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// Whatever X's headers say of its limits: every window ends at a time that people can read.
func FuzzLimits(f *testing.F) {
	for _, reset := range []string{"1764237600", "1764237600000", "-1", "", "soon", "9223372036854775807", "1e9", "0"} {
		f.Add(reset, "0", "15")
		f.Add(strconv.FormatInt(time.Now().Unix()+900, 10), reset, reset)
	}
	f.Fuzz(func(t *testing.T, reset, remaining, limit string) {
		h := http.Header{}
		h.Set("X-Rate-Limit-Reset", reset)
		h.Set("X-Rate-Limit-Remaining", remaining)
		h.Set("X-Rate-Limit-Limit", limit)
		for _, w := range windowsOf(h) {
			if w.Reset.Year() < 2006 || w.Reset.Year() > 2100 {
				t.Errorf("Reset %q is %v", reset, w.Reset)
			}
		}
	})
}
