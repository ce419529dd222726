package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// Messages are counted by the minute in which they came, each once, and for an hour.
func TestMinutesCountEachMessageOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		count := func() (in, out int) {
			t.Helper()
			list, err := r.Minutes(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if a.Direction == bridge.Out {
					out += a.N
				} else {
					in += a.N
				}
			}
			return in, out
		}
		expect := func(when string, want int) {
			t.Helper()
			if in, out := count(); in != want || out != 0 {
				t.Errorf("%s: %d in, %d out, want %d in", when, in, out, want)
			}
		}
		expect("before anything came", 0)
		r.receive(dmBody("1", customerID, "one"), dmBody("2", customerID, "two"))
		r.until("both", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		expect("two came", 2)
		expect("asked again", 2)
		time.Sleep(30 * time.Minute)
		r.receive(dmBody("3", customerID, "three"))
		r.until("the third", time.Minute, func() bool { return len(r.motion.bodies()) == 3 })
		expect("a third came", 3)
		time.Sleep(31 * time.Minute)
		expect("an hour after the first", 1)
	})
}
