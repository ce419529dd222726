package limits

import (
	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// costText is what the present month has cost, in words.
type costText struct {
	Sum, Projected string
	Rows           []costRow
	// Budget is how much of the budget is used; "" without one. Part is between 0 and 1.
	Budget string
	Part   float64
	Tone   format.Tone
}

// costRow is one thing that X charges for.
type costRow struct{ Name, Count, Sum string }

// makeCosts words the costs of a month; without rows when nothing was counted.
func makeCosts(c control.Costs, t *translation.Texts) costText {
	out := costText{Sum: t.T("window.costs.sum", c.Sum.Cents()), Tone: format.Busy}
	for _, l := range c.Lines {
		row := costRow{Name: l.Kind, Count: format.Number(l.Count), Sum: t.T("window.costs.usd", l.Sum.String())}
		if key := "window.cost." + l.Kind; t.Has(key) {
			row.Name = t.T(key)
		}
		if l.Price != nil {
			row.Count = t.T("window.costs.each", format.Number(l.Count), l.Price.String())
		}
		out.Rows = append(out.Rows, row)
	}
	if c.Projected != nil {
		out.Projected = t.T("window.costs.projected", c.Projected.Cents())
	}
	if c.Budget == nil {
		return out
	}
	out.Budget = t.T("window.costs.budget", c.Used, c.Budget.Cents())
	out.Part = float64(c.Used) / 100
	switch {
	case c.Used >= 100:
		out.Tone = format.Bad
	case c.Used >= 80:
		out.Tone = format.Warn
	}
	return out
}
