package e2e

import (
	"encoding/json"
	"os"
	"testing"
)

const (
	// baselinePath holds the ratios that the relay had when the baseline was written (make bench-baseline).
	baselinePath = "testdata/bench.json"
	// baselineSlack is by how much a ratio may be worse: what differs from run to run is less.
	baselineSlack = 0.20
)

// ratios returns the figures that are compared, by name.
func (r *report) ratios() map[string]figure {
	all := map[string]figure{}
	for _, f := range r.Figures {
		if f.Ratio {
			all[f.Name] = f
		}
	}
	return all
}

// saveBaseline makes the ratios of this run those that others are compared with.
func (r *report) saveBaseline(t *testing.T) {
	t.Helper()
	was := map[string]float64{}
	for name, f := range r.ratios() {
		was[name] = f.Value
	}
	if err := writeJSON(baselinePath, was); err != nil {
		t.Error(err)
	}
}

// compare fails the test for each ratio that is worse than the baseline by more than baselineSlack.
func (r *report) compare(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile(baselinePath)
	was := map[string]float64{}
	if err == nil {
		err = json.Unmarshal(raw, &was)
	}
	if err != nil {
		t.Fatalf("the baseline: %v (make bench-baseline writes one)", err)
	}
	now := r.ratios()
	for name, before := range was {
		f, isMeasured := now[name]
		switch worse := f.worseThan(before); {
		case !isMeasured:
			t.Logf("not compared, because it was not measured here: %s", name)
		case worse > baselineSlack:
			t.Errorf("%s: was %s, is %s: %.0f %% worse", name, number(before), number(f.Value), 100*worse)
		default:
			t.Logf("%s: was %s, is %s", name, number(before), number(f.Value))
		}
	}
}

// worseThan is by which share a figure is worse than it was; below 0 it is better.
func (f figure) worseThan(before float64) float64 {
	if f.More {
		return 1 - f.Value/before
	}
	return f.Value/before - 1
}
