package command

import (
	"fmt"
	"strings"

	"perch/app/control"
)

// showConditions says what there is to know of beyond that all is well, worst first.
func (p *program) showConditions(s control.Status) {
	for _, c := range s.Conditions {
		if c.Side == control.SideRelay || c.Side == control.SideJournal { // is said before all else
			continue
		}
		p.Print("  %s%s: %s%s\n", c.Title(), placeText(c, len(s.Channels) > 1), c.What, timeText(c))
		if c.Remedy != "" {
			p.Print("    What to do: %s\n", c.Remedy)
		}
	}
}

// placeText names the channel when there are several.
func placeText(c control.Condition, several bool) string {
	if !several || c.Channel == "" {
		return ""
	}
	return " (" + c.Channel + ")"
}

// timeText says since when it is so, and when it ends or is tried again.
func timeText(c control.Condition) string {
	var parts []string
	switch {
	case c.Side == control.SideGap && c.Since != nil && c.Until != nil:
		parts = append(parts, fmt.Sprintf("from %s to %s", clock(*c.Since), clock(*c.Until)))
	case c.Until != nil:
		parts = append(parts, "until "+clock(*c.Until))
	case c.Since != nil:
		parts = append(parts, "since "+clock(*c.Since))
	}
	switch {
	case c.RetryAt != nil:
		parts = append(parts, "next try at "+clock(*c.RetryAt))
	case c.Level == control.Healing && c.Until == nil && c.Side != control.SideRelay:
		parts = append(parts, "Perch goes on trying")
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}
