//go:build desktop

package e2e

import (
	"testing"
	"time"

	"perch/app/control"
)

// With the keyboard alone: a pause of a quarter of an hour, then one of half an hour in its place, and the end of it.
func TestWindowPausesForATime(t *testing.T) {
	b := newBox(t).start()
	h := mustSitDown(b, "--section", "overview")
	time.Sleep(settled)
	for down, length := range []time.Duration{15 * time.Minute, 30 * time.Minute} {
		if down == 0 {
			h.press("shift+Tab", "shift+Tab", "shift+Tab") // from the end: stop, restart, for how long to pause
		}
		began := time.Now()
		h.press("space")
		h.look("pauses")
		for range down + 1 {
			h.press("Down")
		}
		h.press("Return")
		b.until("the pause", func() bool {
			s := b.status()
			return s.State == control.StatePaused && s.PausedUntil != nil && s.PausedUntil.Sub(began.Add(length)).Abs() < patience
		})
		time.Sleep(time.Second)
		h.look("paused")
	}
}
