package monitor

import (
	"context"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// Run checks whenever a check is due, until ctx ends; it returns nil.
func (m *Monitor) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-m.poked:
			m.hasten()
		case <-ctx.Done():
			return nil
		}
		timer.Reset(m.checkDue(ctx))
	}
}

// checkDue checks every channel that is due and returns how long until the next is.
func (m *Monitor) checkDue(ctx context.Context) time.Duration {
	next := time.Now().Add(interval)
	for _, t := range m.Targets() {
		m.mu.Lock()
		seen := m.seen[t.Channel]
		if seen == nil {
			seen = &observation{link: control.Link{State: bridge.LinkUnknown}}
			m.seen[t.Channel] = seen
		}
		due, refused := seen.due, seen.refused
		m.mu.Unlock()
		if !time.Now().Before(due) {
			due = m.check(ctx, t, seen, refused)
		}
		if due.Before(next) {
			next = due
		}
	}
	return max(time.Until(next), 0)
}
