package postgres

import (
	"strings"
	"sync"
	"time"

	"perch/bridge"
)

const (
	// latelyMost bounds how much is remembered of what was written down.
	latelyMost = 4096
	// latelyFor is how long who has which handle is not written down again; it is trusted for 24 hours (delivery's handleAge).
	latelyFor = time.Hour
)

// lately remembers what the conversation memory was told last, once that is on disk, so that it is not told the same with each
// message of a conversation. It is safe for concurrent use.
type lately struct {
	mu      sync.Mutex
	people  map[idAt]seen
	handles map[idAt]string // by the handle in small letters, whose it is
	about   map[idAt]bridge.Learned
	// turn numbers the writes, turns is the last one about a person, a handle or an interaction: what another write has overtaken
	// is not remembered.
	turn  int
	turns map[any]int
}

type seen struct {
	bridge.Person
	at time.Time
}

// isPerson reports whether a person was written down lately just so.
func (l *lately) isPerson(channel string, p bridge.Person, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, ok := l.people[idAt{channel: channel, id: p.ID}]
	age := now.Sub(last.at)
	return ok && last.Person == p && l.handles[handleAt(channel, p)] == p.ID && age >= 0 && age < latelyFor
}

// The kinds of things that something is written about.
type (
	personKey idAt
	handleKey idAt
	aboutKey  idAt
)

// begin notes that something is being written about some things, and returns what reports whether it was the last.
func (l *lately) begin(about ...any) (isLast func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turns == nil || len(l.turns) >= 3*latelyMost {
		l.turns = map[any]int{}
	}
	l.turn++
	mine := l.turn
	for _, key := range about {
		l.turns[key] = mine
	}
	return func() bool { // the caller holds the lock
		for _, key := range about {
			if l.turns[key] != mine {
				return false
			}
		}
		return true
	}
}

// seeing returns what remembers that a person was written down.
func (l *lately) seeing(channel string, p bridge.Person, at time.Time) (written func()) {
	isLast := l.begin(personKey{channel: channel, id: p.ID}, handleKey(handleAt(channel, p)))
	return func() { l.saw(channel, p, at, isLast) }
}

func (l *lately) saw(channel string, p bridge.Person, at time.Time, isLast func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !isLast() {
		delete(l.people, idAt{channel: channel, id: p.ID})
		delete(l.handles, handleAt(channel, p))
		return
	}
	if l.people == nil || len(l.people) >= latelyMost || len(l.handles) >= latelyMost {
		l.people, l.handles = map[idAt]seen{}, map[idAt]string{}
	}
	l.people[idAt{channel: channel, id: p.ID}], l.handles[handleAt(channel, p)] = seen{p, at}, p.ID
}

func handleAt(channel string, p bridge.Person) idAt {
	return idAt{channel: channel, id: strings.ToLower(p.Handle)}
}

// isAbout reports whether the same was written down last of an interaction.
func (l *lately) isAbout(channel string, about bridge.Learned) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, ok := l.about[idAt{channel: channel, id: about.InteractionID}]
	return ok && last == about
}

// telling returns what remembers that something was written down of an interaction.
func (l *lately) telling(channel string, about bridge.Learned) (written func()) {
	key := idAt{channel: channel, id: about.InteractionID}
	isLast := l.begin(aboutKey(key))
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !isLast() {
			delete(l.about, key)
			return
		}
		if l.about == nil || len(l.about) >= latelyMost {
			l.about = map[idAt]bridge.Learned{}
		}
		l.about[key] = about
	}
}
