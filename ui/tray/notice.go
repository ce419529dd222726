package tray

import (
	"fmt"
	"slices"
	"strings"

	"perch/bridge/visible"
)

// The groups of notices. A notice replaces an earlier one of its group on the screen.
const (
	GroupMessages = "messages"
	GroupTrouble  = "trouble"
	GroupRelay    = "relay"
	GroupHost     = "host"
)

// The sections of the window that notices and items lead to.
const (
	SectionOverview  = "overview"
	SectionAttention = "attention"
)

// Notice is what a person is told outside the menu.
type Notice struct {
	Group, Title, Body string
	// Section is the one of the window that helps.
	Section string
}

// Readable returns the notice as it is shown: what would steer a reader in it is made visible. Whoever shows notices
// shows this one.
func (n Notice) Readable() Notice {
	n.Title, n.Body = visible.Line(n.Title), visible.Lines(n.Body)
	return n
}

// notice says all that there is to say about a group.
func notice(group string, s Snapshot, tr T) Notice {
	switch group {
	case GroupMessages:
		return messagesNotice(s, tr)
	case GroupTrouble:
		return troubleNotice(s, tr)
	case GroupHost:
		return Notice{Group: GroupHost, Section: SectionOverview, Title: tr("tray.notice.host"), Body: tr("tray.notice.host.body")}
	}
	n := Notice{Group: GroupRelay, Section: SectionOverview, Title: tr("tray.notice.not_started"), Body: s.Failure}
	switch {
	case s.Locked:
		n.Title, n.Body = tr("tray.notice.locked"), tr("tray.notice.locked.body")
	case s.Failure == "":
		n.Title, n.Body = tr("tray.notice.died"), tr("tray.notice.died.body")
	}
	return n
}

func messagesNotice(s Snapshot, tr T) Notice {
	dead, undecided := 0, 0
	for _, c := range s.Status.Channels {
		dead += c.Inbound.Dead + c.Outbound.Dead
		undecided += c.Outbound.Undecided
	}
	var body []string
	if dead > 0 {
		body = append(body, count(tr, "tray.notice.dead", dead))
	}
	if undecided > 0 {
		body = append(body, count(tr, "tray.notice.undecided", undecided))
	}
	return Notice{
		Group: GroupMessages, Section: SectionAttention, Title: count(tr, "tray.notice.attention", dead+undecided), Body: strings.Join(body, "\n"),
	}
}

func troubleNotice(s Snapshot, tr T) Notice {
	several := len(s.Status.Channels) > 1
	bad := needYou(s.Status)
	n := Notice{Group: GroupTrouble, Section: SectionOverview, Title: title(bad[0], several, tr), Body: reason(bad[0])}
	if len(bad) == 1 {
		return n
	}
	var lines []string
	for _, c := range bad {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s: %s", title(c, several, tr), reason(c)), ": "))
	}
	n.Title, n.Body = tr("tray.notice.trouble", len(bad)), strings.Join(slices.Compact(lines), "\n")
	return n
}
