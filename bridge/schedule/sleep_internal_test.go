package schedule

import (
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge/wait"
)

// A clock that is set back just as the loop goes to sleep does not keep it asleep for as long.
func TestTheLoopSleepsForAMinuteAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := &run{Dispatcher: &Dispatcher{now: func() time.Time { return time.Now().Add(-24 * time.Hour) }, wake: wait.NewSignal()}}
		r.sleep(t.Context(), began.Add(time.Minute))
		if slept := time.Since(began); slept > time.Minute {
			t.Errorf("it slept for %s", slept)
		}
	})
}
