package doctor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever hangs, a run ends in time and says what could not be told.
func TestARunEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context) result {
			<-ctx.Done()
			return bad("no answer came", "look there")
		}
		first := &check{name: "first", title: "first", run: hang}
		second := &check{name: "second", title: "second", after: []*check{first}, run: hang}
		third := &check{name: "third", title: "third", after: []*check{second}, run: hang}
		needy := &check{name: "needy", title: "needy", needs: []*check{second}, run: hang}
		quick := &check{name: "quick", title: "quick", run: func(context.Context) result { return fine("yes") }}
		began := time.Now()
		findings := examine(t.Context(), []*check{first, second, third, needy, quick})
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("it took %v", took)
		}
		want := []State{Failed, Failed, Skipped, Skipped, OK}
		for i, f := range findings {
			if f.State != want[i] {
				t.Errorf("%s is %s, want %s (%s)", f.Check, f.State, want[i], f.Message)
			}
		}
		if findings[0].TookMS != checkLimit.Milliseconds() || findings[3].Message != "not checked because of: second" {
			t.Errorf("%+v", findings)
		}
	})
}

func TestWaitsSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context) result { time.Sleep(3 * time.Second); return fine("yes") }
		var all []*check
		for range 20 {
			all = append(all, &check{name: "slow", title: "slow", run: slow})
		}
		began := time.Now()
		examine(t.Context(), all)
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("20 checks of 3 s took %v", took)
		}
	})
}
