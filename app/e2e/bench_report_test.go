package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// figure is one line of what was measured.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Target is what it has to reach; 0 where it is there to explain others.
	Target float64 `json:"target,omitempty"`
	// More is set where more is better.
	More bool `json:"more_is_better,omitempty"`
	// Ratio is set where it is the same on any computer, more or less: what is compared with the baseline.
	Ratio bool `json:"ratio,omitempty"`
}

func (f figure) verdict() string {
	switch {
	case f.Target == 0:
		return ""
	case f.More && f.Value >= f.Target, !f.More && f.Value <= f.Target:
		return "reached"
	}
	return "MISSED"
}

func (f figure) target() string {
	switch {
	case f.Target == 0:
		return ""
	case f.More:
		return ">= " + number(f.Target)
	}
	return "<= " + number(f.Target)
}

// number writes a figure with three digits or more.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.1:
		return fmt.Sprintf("%.4f", v)
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// report collects figures in the order in which they are measured.
type report struct {
	Figures []figure `json:"figures"`
	Missing []string `json:"missing,omitempty"`

	// ingestCPU is what an event costs the relay until it is taken apart, in µs: a part of later figures.
	ingestCPU float64
}

// add takes figures that have a target or explain one.
func (r *report) add(figures ...figure) { r.Figures = append(r.Figures, figures...) }

// missing notes what could not be measured here, and what for.
func (r *report) missing(what string) { r.Missing = append(r.Missing, what) }

func (r *report) print(t *testing.T) {
	t.Helper()
	var table strings.Builder
	for _, f := range r.Figures {
		fmt.Fprintf(&table, "%-66s %9s %-6s %9s  %s\n", f.Name, number(f.Value), f.Unit, f.target(), f.verdict())
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&table, "not measured: %s\n", m)
	}
	t.Logf("\n%-66s %9s %-6s %9s  %s\n%s", "figure", "measured", "", "target", "verdict", table.String())
}

// save writes the figures as JSON; without a path it writes nothing.
func (r *report) save(t *testing.T, path string) {
	t.Helper()
	if path == "" {
		return
	}
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = writeJSON(path, r)
	}
	if err != nil {
		t.Error(err)
	}
}

func writeJSON(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}
