package tray

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"perch/app/desk"
	"perch/bridge/visible"
)

const (
	// forgetAfter is how long a trouble has to be gone before it is a new one when it comes back: a side that is
	// tried every minute seems well for a moment at each try.
	forgetAfter = 5 * time.Minute
	// quiet is how long a notice stands before one of its group replaces it; what happens meanwhile is told then.
	quiet = 30 * time.Second
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

// History is what has been told. The zero value has told nothing; it is never changed, and may be kept as JSON so that
// a tray that is started again does not repeat itself.
type History struct {
	// Causes are the ones that were told and have not been forgotten.
	Causes map[string]Cause `json:"causes"`
	// Told is when each group last spoke.
	Told map[string]time.Time `json:"told"`
}

// Cause is one thing that was told.
type Cause struct {
	// Count is how many messages it was about; 1 for what cannot be counted.
	Count int `json:"count"`
	// GoneAt is since when it is no longer so; zero while it is.
	GoneAt time.Time `json:"gone_at,omitzero"`
}

// fact is something that needs a person at the moment.
type fact struct {
	group, cause string
	count        int
}

// Notices returns what has to be told now, at most one notice a group, and the history with that in it.
func (m History) Notices(s Snapshot, now time.Time, tr T) (History, []Notice) {
	next := History{Causes: maps.Clone(m.Causes), Told: maps.Clone(m.Told)}
	if next.Causes == nil {
		next.Causes = map[string]Cause{}
	}
	if next.Told == nil {
		next.Told = map[string]time.Time{}
	}
	all := facts(s)
	next.forget(s, all, now)
	var notices []Notice
	for _, group := range []string{GroupHost, GroupRelay, GroupTrouble, GroupMessages} {
		if now.Sub(next.Told[group]) < quiet || !next.learn(group, all) {
			continue
		}
		next.Told[group] = now
		notices = append(notices, notice(group, s, tr))
	}
	return next, notices
}

// learn takes the facts of a group in and reports whether one of them is news.
func (m History) learn(group string, all []fact) bool {
	news := false
	for _, f := range all {
		if f.group != group {
			continue
		}
		news = news || f.count > m.Causes[f.cause].Count
		m.Causes[f.cause] = Cause{Count: f.count}
	}
	return news
}

// forget drops the causes that are over. While the relay does not answer nothing is known of its messages, and a tray
// that has just started knows nothing of panels.
func (m History) forget(s Snapshot, all []fact, now time.Time) {
	present := map[string]int{}
	for _, f := range all {
		present[f.cause] = f.count
	}
	for cause, c := range m.Causes {
		group, _, _ := strings.Cut(cause, "/")
		switch {
		case present[cause] > 0:
			m.Causes[cause] = Cause{Count: min(c.Count, present[cause])}
		case isUnknown(group, s):
		case group == GroupMessages || (!c.GoneAt.IsZero() && now.Sub(c.GoneAt) >= forgetAfter):
			delete(m.Causes, cause)
		case c.GoneAt.IsZero():
			c.GoneAt = now
			m.Causes[cause] = c
		}
	}
}

func isUnknown(group string, s Snapshot) bool {
	if group == GroupHost {
		return s.Host == desk.Unknown
	}
	return s.Phase != PhaseUp
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
	if s.Phase != PhaseUp {
		return all
	}
	for _, c := range s.Status.Channels {
		add(GroupMessages, c.Inbound.Dead, "dead", "in", c.Name)
		add(GroupMessages, c.Outbound.Dead, "dead", "out", c.Name)
		add(GroupMessages, c.Outbound.Undecided, "undecided", c.Name)
	}
	for _, t := range troubles(s.Status) {
		if t.level == needsYou {
			add(GroupTrouble, 1, t.side, t.channel, t.detail)
		}
	}
	return all
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
	var bad []trouble
	for _, t := range troubles(s.Status) {
		if t.level == needsYou {
			bad = append(bad, t)
		}
	}
	n := Notice{Group: GroupTrouble, Section: SectionOverview, Title: bad[0].title(several, tr), Body: bad[0].detail}
	if len(bad) == 1 {
		return n
	}
	var lines []string
	for _, t := range bad {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s: %s", t.title(several, tr), t.detail), ": "))
	}
	n.Title, n.Body = tr("tray.notice.trouble", len(bad)), strings.Join(slices.Compact(lines), "\n")
	return n
}
