package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
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

// readBaseline returns the ratios to compare with, by name.
func readBaseline(t *testing.T) map[string]float64 {
	t.Helper()
	raw, err := os.ReadFile(baselinePath)
	was := map[string]float64{}
	if err == nil {
		err = json.Unmarshal(raw, &was)
	}
	if err != nil {
		t.Fatalf("the baseline: %v (make bench-baseline writes one)", err)
	}
	return was
}

// worse tells of each ratio what it was and what it is, and returns in words those that are worse than the baseline by
// more than baselineSlack, by name.
func (r *report) worse(t *testing.T, was map[string]float64) map[string]string {
	t.Helper()
	all, now := map[string]string{}, r.ratios()
	for _, name := range slices.Sorted(maps.Keys(was)) {
		f, isMeasured := now[name]
		if !isMeasured {
			t.Logf("not compared, because it was not measured here: %s", name)
			continue
		}
		share := f.worseThan(was[name])
		said := fmt.Sprintf("%s: was %s, is %s (%+.0f %% worse)", name, number(was[name]), number(f.Value), 100*share)
		if t.Log(said); share > baselineSlack {
			all[name] = said
		}
	}
	return all
}

// worseThan is by which share a figure is worse than it was; below 0 it is better.
func (f figure) worseThan(before float64) float64 {
	if f.More {
		return 1 - f.Value/before
	}
	return f.Value/before - 1
}
