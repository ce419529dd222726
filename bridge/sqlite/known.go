package sqlite

import (
	"strings"
	"time"

	"perch/bridge"
)

const (
	// knownMost bounds how much is remembered of what was written down.
	knownMost = 4096
	// knownFor is how long who has which handle is not written down again; it is trusted for 24 hours (delivery's handleAge).
	knownFor = time.Hour
)

// known remembers what the conversation memory was told last, so that it is not told the same with each message of a
// conversation. The committer alone uses it, and forgets all of it when a transaction fails.
type known struct {
	people  map[key]seen
	handles map[key]string // by the handle in small letters, whose it is
	about   map[key]bridge.Learned
}

type key struct{ channel, id string }

type seen struct {
	bridge.Person
	at time.Time
}

func newKnown() known {
	return known{people: map[key]seen{}, handles: map[key]string{}, about: map[key]bridge.Learned{}}
}

func (k *known) forget() {
	clear(k.people)
	clear(k.handles)
	clear(k.about)
}

// isPerson reports whether a person was written down lately just so, and remembers that she is now.
func (k *known) isPerson(channel string, p bridge.Person, now time.Time) bool {
	who, name := key{channel, p.ID}, key{channel, strings.ToLower(p.Handle)}
	last, ok := k.people[who]
	age := now.Sub(last.at)
	if ok && last.Person == p && k.handles[name] == p.ID && age >= 0 && age < knownFor {
		return true
	}
	if len(k.people) >= knownMost || len(k.handles) >= knownMost {
		clear(k.people)
		clear(k.handles)
	}
	k.people[who], k.handles[name] = seen{p, now}, p.ID
	return false
}

// isAbout reports whether the same was written down last of an interaction, and remembers it.
func (k *known) isAbout(channel string, l bridge.Learned) bool {
	about := key{channel, l.InteractionID}
	if last, ok := k.about[about]; ok && last == l {
		return true
	}
	if len(k.about) >= knownMost {
		clear(k.about)
	}
	k.about[about] = l
	return false
}
