package chat

import (
	"time"

	"perch/bridge/xchat"
)

// soughtKey names a key of a conversation that is missing, and sought how often and when X was asked for it.
type soughtKey struct {
	conversation xchat.ConversationID
	version      string
}

type sought struct {
	times int
	at    time.Time
}

// seekPauses are the waits before X is asked once more for a key that it did not have: it charges for each event that it
// lists, and a key that comes tells of itself. The last one repeats.
var seekPauses = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// maxSought bounds how many missing keys are remembered.
const maxSought = 10_000

// maySeek reports whether X may be asked for a key now, and remembers that it is.
func (m *room) maySeek(id xchat.ConversationID, version string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sought) >= maxSought {
		clear(m.sought)
	}
	key := soughtKey{id, version}
	last := m.sought[key]
	if last.times > 0 && now.Sub(last.at) < seekPauses[min(last.times, len(seekPauses))-1] {
		return false
	}
	m.sought[key] = sought{last.times + 1, now}
	return true
}
