package account

import (
	"errors"
	"testing"
	"time"

	"perch/bridge"
)

func TestSideIsSinceItBecameSo(t *testing.T) {
	a, at := newMemory(), time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	steps := []struct {
		err  error
		want time.Duration // after the beginning
	}{
		{nil, 0},
		{nil, 0},
		{nil, 0},
		{errors.New("gone"), 3 * time.Minute},
		{errors.New("still gone"), 3 * time.Minute},
		{&bridge.Error{Kind: bridge.Operator}, 5 * time.Minute},
		{nil, 6 * time.Minute},
		{nil, 6 * time.Minute},
	}
	for i, step := range steps {
		a.note(bridge.SideMotion, "support", at.Add(time.Duration(i)*time.Minute), step.err)
		if got := a.state(bridge.SideMotion, "support").At.Sub(at); got != step.want {
			t.Errorf("step %d: since %v, want %v", i, got, step.want)
		}
	}
}
