package chat

import (
	"time"

	"perch/bridge/xchat"
)

const (
	// seekFirst and seekMost bound the wait before X is asked once more for a key that it did not have; the wait doubles.
	// Each look is paid for, and whatever else comes of a conversation brings its key along.
	seekFirst, seekMost = time.Minute, 24 * time.Hour
	// maxSought bounds how many keys that X was asked for are remembered.
	maxSought = 10_000
)

// soughtKey names a conversation's key.
type soughtKey struct {
	conversation xchat.ConversationID
	version      string
}

// seek is what came of looking for a key.
type seek struct {
	// next is when X may be asked again; wait is the wait before that.
	next time.Time
	wait time.Duration
}

// maySeek reports whether X may be asked now for a key, and through how many pages.
func (m *room) maySeek(key soughtKey, now time.Time) (pages int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, isKnown := m.sought[key]
	switch {
	case !isKnown:
		return keyPages, true
	case now.Before(s.next):
		return 0, false
	}
	return 1, true // what is older was looked through
}

// hasSought notes that X was asked for a key.
func (m *room) hasSought(key soughtKey, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sought) >= maxSought {
		m.sought = map[soughtKey]seek{}
	}
	wait := min(max(2*m.sought[key].wait, seekFirst), seekMost)
	m.sought[key] = seek{now.Add(wait), wait}
}
