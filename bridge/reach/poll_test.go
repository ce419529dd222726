package reach_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/reach"
)

func TestPollDeliversOnceAndKeepsToTheLimits(t *testing.T) {
	inBubble(t, func(r *rig) {
		old := r.send(false)
		time.Sleep(time.Hour)
		r.start(reach.NewPoll(r.config))
		r.until(reach.Connected, time.Minute)
		var want []string
		for i := range 200 {
			time.Sleep(20 * time.Second)
			want = append(want, r.send(i%3 == 0))
		}
		calls := r.count("list")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		got := r.journal.ids()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || slices.Contains(got, old) {
			t.Errorf("%d messages came, want %d", len(got), len(want))
		}
		quarters := 200 * 20.0 / 900
		if perQuarter := float64(calls) / quarters; perQuarter > 12.5+15.5 {
			t.Errorf("%.1f calls in 15 minutes", perQuarter)
		}
		if r.journal.repeated > 0 {
			t.Errorf("%d messages were handed on twice", r.journal.repeated)
		}
	})
}

// One time that cannot be hides nothing that stands behind it in X's list.
func TestPollTakesWhatIsBehindAnOddTime(t *testing.T) {
	for _, odd := range []time.Time{{}, time.Unix(0, 0), time.Date(2006, 7, 15, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		for place := range 5 {
			inBubble(t, func(r *rig) {
				var want []string
				for range 5 {
					want = append(want, r.send(false))
				}
				r.with(func() { r.dms[place].CreatedAt = odd })
				r.start(reach.NewPoll(r.config))
				r.until(reach.Connected, time.Minute)
				synctest.Wait()
				if place == 0 && !odd.IsZero() && odd.Before(time.Now()) {
					want = want[1:] // nothing tells it from one of before the first start
				}
				if got := r.journal.ids(); !slices.Equal(got, want) {
					t.Errorf("%v in place %d: %v came, want %v", odd, place, got, want)
				}
			})
		}
	}
}

func TestPollOutage(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewPoll(r.config))
		r.until(reach.Connected, time.Minute)
		time.Sleep(3 * time.Minute)
		r.with(func() {
			r.down = &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "credits are used up", Remedy: "buy some"}
		})
		r.until(reach.Degraded, 90*time.Second)
		if s := r.way.State(); !strings.HasPrefix(s.Detail, "asking X (") || !strings.HasSuffix(s.Detail, "credits are used up") || s.Remedy != "buy some" {
			t.Errorf("%+v", s)
		}
		var dms, mentions []string
		for range 120 {
			time.Sleep(time.Minute)
			dms, mentions = append(dms, r.send(false)), append(mentions, r.send(true))
		}
		r.with(func() { r.down = nil })
		r.way.Poke()
		r.until(reach.Connected, 5*time.Second)
		synctest.Wait()
		got := r.journal.ids()
		inOrder := func(want []string) bool {
			return slices.Equal(slices.DeleteFunc(slices.Clone(got), func(id string) bool { return !slices.Contains(want, id) }), want)
		}
		if len(got) != 240 || !inOrder(dms) || !inOrder(mentions) {
			t.Errorf("%d messages came, want 240 in order", len(got))
		}
		total := 0
		for _, g := range r.way.State().Gaps {
			total += g.Recovered
		}
		if total != 240 {
			t.Errorf("gaps: %+v", r.way.State().Gaps)
		}
	})
}

func TestPollAwayLongerThanXRemembers(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewPoll(r.config))
		r.until(reach.Connected, time.Minute)
		time.Sleep(3 * time.Minute)
		r.stop()
		time.Sleep(40 * 24 * time.Hour)
		for range 900 {
			r.send(true)
		}
		r.start(reach.NewPoll(r.config))
		r.until(reach.Connected, time.Minute)
		lost := ""
		for _, g := range r.way.State().Gaps {
			lost += g.Lost + "; "
		}
		if !strings.Contains(lost, "X lists 30 days") || !strings.Contains(lost, "mentions beyond the newest 900") {
			t.Errorf("lost: %q", lost)
		}
	})
}
