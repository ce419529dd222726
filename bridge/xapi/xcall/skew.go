package xcall

import (
	"net/http"
	"time"

	"perch/bridge/loose"
)

// correctClock signs by X's clock from now on when that explains a refused signature. A call beside may have done so already.
func (c *Caller) correctClock(h http.Header, by *signing) bool {
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil || loose.Sane(theirs).IsZero() {
		return false
	}
	ahead := time.Until(theirs).Round(time.Second)
	if (ahead - by.ahead).Abs() < skewTolerance {
		return false
	}
	if (ahead - c.Skew()).Abs() < skewTolerance {
		return true
	}
	c.setSkew(ahead)
	c.config.Log.Warn("clock differs from x's; signing by x's clock", "ahead_s", int(ahead.Seconds()))
	return true
}

// noteClock measures X's clock against ours. The header is exact to a second.
func (c *Caller) noteClock(h http.Header) {
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil && !loose.Sane(theirs).IsZero() {
		c.ahead.Store(int64(time.Until(theirs.Add(time.Second / 2)).Round(time.Second)))
	}
}
