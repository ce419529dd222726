package snapshot

import (
	"slices"
	"sort"
	"strings"

	"perch/app/control"
)

// MaxRows is how many messages a Store keeps; the oldest are forgotten first.
const MaxRows = 100_000

// View is what a filter lets through at one moment.
type View struct {
	// Rows are the messages, newest first. The messages are never changed.
	Rows []*control.Message
	// New counts those that are newer than the rows, because the view is frozen.
	New int
	// Complete is set when there are no older messages to be had.
	Complete bool
	// Version is another number whenever the rows are others.
	Version int
	// Loading is set while older messages are being fetched.
	Loading bool
}

// entry is a message with what is searched for in it.
type entry struct {
	message *control.Message
	hay     string
}

// Store keeps messages in the order of their ids. One goroutine owns it; the zero value is empty.
type Store struct {
	entries []entry
}

// Put takes a message in, or the new state of one. It reports whether it was not there before.
func (s *Store) Put(m control.Message) bool {
	e := entry{&m, haystack(&m)}
	n := len(s.entries)
	if n == 0 || m.ID > s.entries[n-1].message.ID {
		s.entries = append(s.entries, e)
		s.forget()
		return true
	}
	at := sort.Search(n, func(i int) bool { return s.entries[i].message.ID >= m.ID })
	if s.entries[at].message.ID == m.ID {
		s.entries[at] = e
		return false
	}
	s.entries = slices.Insert(s.entries, at, e)
	return true
}

// Update takes in the new state of a message that is there, and ignores any other.
func (s *Store) Update(m control.Message) {
	n := len(s.entries)
	at := sort.Search(n, func(i int) bool { return s.entries[i].message.ID >= m.ID })
	if at < n && s.entries[at].message.ID == m.ID {
		s.entries[at] = entry{&m, haystack(&m)}
	}
}

// PutAll takes a page of messages in and returns those that were not there before. It is the way for many at once.
func (s *Store) PutAll(list []control.Message) []control.Message {
	var fresh []control.Message
	known := make(map[int64]int, len(s.entries))
	for i, e := range s.entries {
		known[e.message.ID] = i
	}
	for _, m := range list {
		if at, ok := known[m.ID]; ok {
			s.entries[at] = entry{&m, haystack(&m)}
			continue
		}
		known[m.ID] = len(s.entries)
		fresh = append(fresh, m)
		s.entries = append(s.entries, entry{&m, haystack(&m)})
	}
	slices.SortFunc(s.entries, func(a, b entry) int { return int(a.message.ID - b.message.ID) })
	s.forget()
	return fresh
}

// forget drops the oldest in large steps, so that it costs next to nothing for each message.
func (s *Store) forget() {
	if over := len(s.entries) - MaxRows; over > MaxRows/10 {
		s.entries = append([]entry(nil), s.entries[over:]...)
	}
}

// Len is how many messages there are.
func (s *Store) Len() int { return len(s.entries) }

// Oldest is the smallest id, or 0.
func (s *Store) Oldest() int64 {
	if len(s.entries) == 0 {
		return 0
	}
	return s.entries[0].message.ID
}

// View returns what the filter lets through. With frozenAt above 0 messages with a greater id are counted only.
func (s *Store) View(f Filter, frozenAt int64) View {
	v := View{Rows: make([]*control.Message, 0, min(len(s.entries), MaxRows))}
	search := strings.ToLower(f.Search)
	for i := len(s.entries) - 1; i >= 0; i-- {
		e := &s.entries[i]
		switch m := e.message; {
		case !f.passes(m) || (search != "" && !strings.Contains(e.hay, search)):
		case frozenAt > 0 && m.ID > frozenAt:
			v.New++
		default:
			v.Rows = append(v.Rows, m)
		}
	}
	return v
}
