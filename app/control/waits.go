package control

import "time"

// WaitsFor is for how long the message has waited that waits the longest; 0 when none waits, and when the clock was set back.
func (i Inbound) WaitsFor(now time.Time) time.Duration { return since(i.OldestWaitingAt, now) }

// WaitsFor is for how long the message has waited that waits the longest; 0 when none waits, and when the clock was set back.
func (o Outbound) WaitsFor(now time.Time) time.Duration { return since(o.OldestWaitingAt, now) }

func since(at *time.Time, now time.Time) time.Duration {
	if at == nil {
		return 0
	}
	return max(now.Sub(*at), 0)
}
