package snapshot

import (
	"time"

	"perch/app/control"
)

// Minutes counts messages a minute. One goroutine owns it; the zero value has counted nothing.
type Minutes struct {
	counts map[int64][2]int
}

// Counts are the messages of the last 60 minutes, the present one last.
type Counts struct {
	In, Out [60]int
	// Until is the last minute.
	Until time.Time
}

// Add counts a message that was not counted before.
func (c *Minutes) Add(m control.Message) {
	if c.counts == nil {
		c.counts = map[int64][2]int{}
	}
	minute := m.ReceivedAt.Unix() / 60
	n := c.counts[minute]
	if m.Direction == "out" {
		n[1]++
	} else {
		n[0]++
	}
	c.counts[minute] = n
}

// Last returns the last 60 minutes and forgets what came before them.
func (c *Minutes) Last(now time.Time) Counts {
	last := now.Unix() / 60
	out := Counts{Until: time.Unix(last*60, 0).In(now.Location())}
	for minute, n := range c.counts {
		at := 59 - int(last-minute)
		switch {
		case at < 0:
			delete(c.counts, minute)
		case at < 60:
			out.In[at], out.Out[at] = n[0], n[1]
		}
	}
	return out
}
