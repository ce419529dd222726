package chat

import (
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// room is what is known of one channel's encrypted chat. Its lock is never held during a call or a step of the journal.
type room struct {
	channel string
	asked   wait.Signal
	dirtied wait.Signal // tells that a place has to be written

	// taking is held while the room becomes one about other keys, before mu.
	taking sync.Mutex

	mu sync.Mutex
	// private are the keys that the rest is about, ownID the account and version that of its record with these keys.
	private        keys.Private
	ownID, version string
	// since is when Perch was given keys of the account, by X's clock: what is older is not pushed to agents. It is by this
	// computer's clock, which may be wrong, until X has answered: isSinceOurs.
	since       time.Time
	isSinceOurs bool
	state       bridge.ChatStatus
	// people are the records of users, ring the keys of conversations, threads how far these are known to be loaded.
	people  map[string]person
	ring    map[xchat.ConversationID]map[string]heldKey
	last    map[xchat.ConversationID]string // the newest sequence id that came in live
	places  map[xchat.ConversationID]heldPlace
	waiting map[int64]xchat.ConversationID
	tries   int                // how often what waits was tried since something was added to it
	isFresh bool               // something was, since the room took notice
	sought  map[soughtKey]seek // keys that X was asked for and did not have
	wishes  []wish
	looked  map[xchat.ConversationID]time.Time // when a gap last made it look
	// strangers are the conversations of which X does not say whether they have changed, and when they were looked at.
	strangers map[xchat.ConversationID]time.Time
	changed   map[string]string // the new version, by people whose keys are others than before, until an agent is told
	// refused says why X did not let the account write last; nil when it did.
	refused *bridge.Error
	// behind says why nothing could be caught up with since behindSince; nil when all was.
	behind      *bridge.Error
	behindSince time.Time
	// empty is how many events X has listed without their contents, emptyAt when it did so last.
	empty   int
	emptyAt time.Time
	// hasRequests is set while X says that strangers wait to be accepted.
	hasRequests bool
}

// person is what X last told of somebody's keys.
type person struct {
	records []keys.Record
	at      time.Time
}

// heldKey is a conversation's key, opened.
type heldKey struct {
	keys.Conversation
	isVerified bool
}

func newRoom(channel string) *room {
	m := &room{channel: channel, asked: wait.NewSignal(), dirtied: wait.NewSignal()}
	m.clear()
	return m
}

// clear forgets all that belongs to certain keys. The caller has the lock, or the room alone.
func (m *room) clear() {
	m.private, m.ownID, m.version = keys.Private{}, "", ""
	m.since, m.isSinceOurs = time.Time{}, false
	m.state = bridge.ChatStatus{State: bridge.ChatOff}
	m.people, m.ring = map[string]person{}, map[xchat.ConversationID]map[string]heldKey{}
	m.last, m.waiting = map[xchat.ConversationID]string{}, map[int64]xchat.ConversationID{}
	m.tries, m.sought = 0, map[soughtKey]seek{}
	m.looked, m.places = map[xchat.ConversationID]time.Time{}, map[xchat.ConversationID]heldPlace{}
	m.strangers = map[xchat.ConversationID]time.Time{}
	m.changed, m.hasRequests, m.refused = map[string]string{}, false, nil
	m.behind, m.behindSince = nil, time.Time{}
	m.empty, m.emptyAt = 0, time.Time{}
}

// isOn reports whether there are keys.
func (m *room) isOn() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.private.IsZero()
}

// reader opens events with what is known now.
func (m *room) reader() *xchat.Reader {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &xchat.Reader{OwnID: m.ownID, Keys: m.private, KeyVersion: m.version, Signers: m, Conversations: m}
}

// writer makes events with the account's keys; ok is false while it is not known which of its records they belong to.
func (m *room) writer() (w *xchat.Writer, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &xchat.Writer{OwnID: m.ownID, Keys: m.private, KeyVersion: m.version}, m.version != ""
}

// Signer implements xchat.Signers.
func (m *room) Signer(userID, version string) (keys.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, record := range m.people[userID].records {
		if record.Version() == version {
			return record, true
		}
	}
	return keys.Record{}, false
}

// ConversationKey implements xchat.ConversationKeys.
func (m *room) ConversationKey(id xchat.ConversationID, version string) (keys.Conversation, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, ok := m.ring[id][version]
	return key.Conversation, ok
}

// pathOf is how X wants a conversation named: of two people by the other one.
func (r *Rooms) pathOf(m *room, id xchat.ConversationID) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if peer := id.Peer(m.ownID); peer != "" {
		return peer
	}
	return id.Path()
}

func (r *Rooms) ownOf(m *room) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ownID
}
