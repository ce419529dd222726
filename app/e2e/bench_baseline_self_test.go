package e2e

import "testing"

// A figure that fell and one that rose are told apart by what is better.
func TestABaselineKnowsWhatIsWorse(t *testing.T) {
	for _, c := range []struct {
		f      figure
		before float64
		isBad  bool
	}{
		{figure{Value: 0.55, More: true}, 0.70, true},
		{figure{Value: 0.60, More: true}, 0.70, false},
		{figure{Value: 2, More: true}, 0.70, false},
		{figure{Value: 2.5}, 2, true},
		{figure{Value: 2.3}, 2, false},
		{figure{Value: 1}, 2, false},
	} {
		if isBad := c.f.worseThan(c.before) > baselineSlack; isBad != c.isBad {
			t.Errorf("%v after %v (more is better: %v): worse is %v", c.f.Value, c.before, c.f.More, isBad)
		}
	}
}
