package snapshot

import (
	"time"

	"perch/app/control"
)

// Counts are the messages of the last 60 minutes, the present one last.
type Counts struct {
	In, Out [60]int
	// Until is the last minute.
	Until time.Time
}

// CountsOf puts the minutes that the relay has counted in their places.
func CountsOf(minutes []control.Minute, now time.Time) Counts {
	last := now.Unix() / 60
	out := Counts{Until: time.Unix(last*60, 0).In(now.Location())}
	for _, m := range minutes {
		if at := 59 - int(last-m.At.Unix()/60); at >= 0 && at < 60 {
			out.In[at], out.Out[at] = m.In, m.Out
		}
	}
	return out
}
