package tray

import (
	"maps"
	"strings"
	"time"

	"perch/app/desk"
)

const (
	// forgetAfter is how long a trouble has to be gone before it is a new one when it comes back: a side that is
	// tried every minute seems well for a moment at each try.
	forgetAfter = 5 * time.Minute
	// quiet is how long a notice stands before one of its group replaces it; what happens meanwhile is told then.
	quiet = 30 * time.Second
)

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
