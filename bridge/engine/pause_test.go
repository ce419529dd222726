package engine_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge/schedule"
	"perch/bridge/sqlite"
)

func (r *rig) pausedUntil() (isPaused bool, until time.Time) {
	r.t.Helper()
	s, err := r.Status(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Paused, s.PausedUntil
}

func (r *rig) mustPause(until time.Time) {
	r.t.Helper()
	if err := r.Pause(context.Background(), until); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) mustHave(n int, when string) {
	r.t.Helper()
	if got := len(r.motion.bodies()); got != n {
		r.t.Errorf("%s: Motion has %d messages, want %d", when, got, n)
	}
}

func TestAPauseEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		until := time.Now().Add(30 * time.Minute)
		r.mustPause(until)
		r.receive(dmBody("1", customerID, "hello"))
		time.Sleep(29*time.Minute + 59*time.Second)
		r.mustHave(0, "a second before its end")
		if isPaused, end := r.pausedUntil(); !isPaused || !end.Equal(until) {
			t.Errorf("paused %v until %v, want until %v", isPaused, end, until)
		}
		time.Sleep(2 * time.Second)
		r.mustHave(1, "a second after its end")
		if isPaused, end := r.pausedUntil(); isPaused || !end.IsZero() {
			t.Errorf("paused %v until %v after its end", isPaused, end)
		}
	})
}

// Whoever pauses or resumes last is right, whatever was said before.
func TestTheLastWordAboutAPauseCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.mustPause(time.Now().Add(time.Minute))
		r.mustPause(time.Time{})
		r.receive(dmBody("1", customerID, "one"))
		time.Sleep(time.Hour)
		r.mustHave(0, "a pause without an end took the place of one with")
		r.mustPause(time.Now().Add(time.Minute))
		if err := r.Resume(context.Background()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		r.mustHave(1, "resumed before the end")
		r.mustPause(time.Time{})
		r.receive(dmBody("2", customerID, "two"))
		time.Sleep(time.Hour)
		r.mustHave(1, "the end of an earlier pause is not that of a later one")
		r.mustPause(time.Now().Add(-time.Hour))
		time.Sleep(time.Second)
		r.mustHave(2, "an end that has passed")
	})
}

func TestAPauseOutlivesARestart(t *testing.T) {
	for name, c := range map[string]struct {
		until string
		ends  time.Duration // 0 for never
	}{
		"with an end":    {"+10m", 10 * time.Minute},
		"that has ended": {"-10m", time.Nanosecond},
		"of an old one":  {"", 0},
		"that is no end": {"tomorrow", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "perch.db")
				journal, err := sqlite.Open(t.Context(), path, slog.New(slog.DiscardHandler))
				if err == nil {
					err = journal.Close()
				}
				until := c.until
				if d, err := time.ParseDuration(until); err == nil {
					until = strconv.FormatInt(time.Now().Add(d).UnixMilli(), 10)
				}
				if err == nil {
					err = sqlite.Write(t.Context(), path, map[string]string{schedule.SettingPaused: "1", schedule.SettingPausedUntil: until})
				}
				if err != nil {
					t.Fatal(err)
				}
				r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}}
				r.start(path)
				r.receive(dmBody("1", customerID, "hello"))
				time.Sleep(5 * time.Minute)
				r.mustHave(map[bool]int{true: 1}[c.ends == time.Nanosecond], "after five minutes")
				time.Sleep(6 * time.Minute)
				r.mustHave(map[bool]int{true: 1}[c.ends > 0], "after eleven minutes")
			})
		})
	}
}

// A pause of half an hour takes half an hour, also when the computer's clock is set right in between.
func TestAPauseAndAClockThatIsSet(t *testing.T) {
	for name, by := range map[string]time.Duration{"back": -24 * time.Hour, "ahead": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var offset atomic.Int64
				r := newRig(t, func(r *rig) { r.clock = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) } })
				r.mustPause(time.Now().Add(30 * time.Minute))
				r.receive(dmBody("1", customerID, "one"), dmBody("2", customerID, "two"))
				time.Sleep(5 * time.Minute)
				offset.Store(int64(by))
				time.Sleep(27 * time.Minute)
				r.mustHave(2, "half an hour later")
			})
		})
	}
}

// What came in by a clock that ran ahead is not kept back when it is right again, whether that takes a restart or not.
func TestWhatAFastClockHasTakenInGoesOut(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"by an hour": time.Hour, "by a year": 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "perch.db")
			synctest.Test(t, func(t *testing.T) {
				r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}, clock: func() time.Time { return time.Now().Add(ahead) }}
				r.start(path)
				r.mustPause(time.Time{})
				r.receive(dmBody("1", customerID, "one"), dmBody("2", customerID, "two"))
				time.Sleep(time.Second)
			})
			synctest.Test(t, func(t *testing.T) {
				r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}}
				r.start(path)
				if err := r.Resume(context.Background()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				r.mustHave(2, "with the right clock")
			})
		})
	}
}
