package tray

import (
	"strings"

	"perch/app/control"
	"perch/app/desk"
)

// fact is something that needs a person at the moment.
type fact struct {
	group, cause string
	count        int
}

// facts returns what needs a person. The cause of a trouble is its reason: other words are another cause.
func facts(s Snapshot) []fact {
	var all []fact
	add := func(group string, count int, cause ...string) {
		if count > 0 {
			all = append(all, fact{group, group + "/" + strings.Join(cause, "/"), count})
		}
	}
	if s.Host == desk.No {
		add(GroupHost, 1, "none")
	}
	if s.Phase != PhaseUp && s.Died {
		add(GroupRelay, 1, "died")
	}
	if s.Phase == PhaseDown && s.Locked {
		add(GroupRelay, 1, "locked")
	}
	if s.Phase == PhaseDown && s.Failure != "" {
		add(GroupRelay, 1, "failed", s.Failure)
	}
	if s.Phase == PhaseSilent && s.Status.IsHung() {
		add(GroupTrouble, 1, control.SideRelay)
	}
	if s.Phase != PhaseUp {
		return all
	}
	for _, c := range s.Status.Channels {
		add(GroupMessages, c.Inbound.Dead, "dead", "in", c.Name)
		add(GroupMessages, c.Outbound.Dead, "dead", "out", c.Name)
		add(GroupMessages, c.Outbound.Undecided, "undecided", c.Name)
	}
	for _, c := range needYou(s.Status) {
		add(GroupTrouble, 1, c.Side, c.Channel, reason(c))
	}
	return all
}
