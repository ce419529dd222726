package tray

import (
	"strings"

	"perch/app/control"
)

// level orders troubles; the highest of all channels decides the icon.
type level int

const (
	fine level = iota
	degraded
	needsYou
)

// trouble is what is wrong with one connection.
type trouble struct {
	level level
	// side is "journal", "x", "motion", "reply", "reach" or "backup".
	side    string
	channel string
	detail  string
}

// levels are the states of links and of the reach that are not fine. A link that the relay has paused waits for
// somebody to mend keys, permissions or credits.
var levels = map[string]level{"degraded": degraded, "down": degraded, "paused": needsYou, "failed": needsYou}

// troubles returns everything that is wrong, in the order of the channels.
func troubles(s control.Status) []trouble {
	var all []trouble
	add := func(side, channel, state, detail string) {
		if l := levels[state]; l != fine {
			all = append(all, trouble{l, side, channel, strings.TrimSpace(detail)})
		}
	}
	if s.Journal.State == "degraded" { // nothing can be kept: somebody has to make room, or to mend the disk
		all = append(all, trouble{needsYou, "journal", "", strings.TrimSpace(s.Journal.Detail)})
	}
	for _, c := range s.Channels {
		add("x", c.Name, c.X.State, c.X.Detail)
		add("motion", c.Name, c.Motion.State, c.Motion.Detail)
		add("reply", c.Name, c.Reply.State, c.Reply.Detail)
	}
	add("reach", "", s.Reach.State, s.Reach.Detail)
	if s.Backup.Error != "" {
		add("backup", "", "degraded", s.Backup.Error)
	}
	return all
}

// worst returns the first of the highest level, and false when all is fine.
func worst(all []trouble) (trouble, bool) {
	var out trouble
	for _, t := range all {
		if t.level > out.level {
			out = t
		}
	}
	return out, out.level != fine
}

// title names the trouble in words; the channel is named when there are several.
func (t trouble) title(several bool, tr T) string {
	key := "tray.line.degraded_" + t.side
	if t.level == needsYou {
		key = "tray.line.needs_" + t.side
	}
	if several && t.channel != "" {
		return tr("tray.line.in", tr(key), t.channel)
	}
	return tr(key)
}
