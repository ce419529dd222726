// Package realm is a mock of Juicebox's realms, in software and in secure hardware, for tests and simulators. Registering
// with a PIN, as an app does, is here too, so that there is something to recover.
//
// It is strict: what a real realm would refuse, it refuses. A guess is counted when it is asked for, as real realms do; after
// the last one the share is deleted for good. It is no safe place for anything: all is in memory.
package realm

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/flynn/noise"

	"perch/bridge/xchat/juicebox/internal/derive"
)

// MaxGuesses is how many wrong guesses X allows.
const MaxGuesses = 20

// Realm is one server. It is safe for concurrent use.
type Realm struct {
	// Answer, if set, may replace what a step answers before it is encoded: how a realm lies. It is set before use, must
	// not change what it is given, and must not call the realm.
	Answer func(step string, answer any) any
	// Lifetime is how long an unused session lives; zero is a minute. It is set before use.
	Lifetime time.Duration

	id       [derive.RealmSize]byte
	key      *noise.DHKey // in secure hardware
	mu       sync.Mutex
	users    map[string]string // by token
	records  map[string]*record
	sessions map[sessionKey]*session
	asked    map[string]int
}

// New makes a realm; secure realms have a key and speak Noise.
func New(id [derive.RealmSize]byte, secure bool) *Realm {
	r := &Realm{id: id, users: map[string]string{}, records: map[string]*record{}, sessions: map[sessionKey]*session{}, asked: map[string]int{}}
	if secure {
		key, err := suite.GenerateKeypair(rand.Reader)
		if err != nil {
			panic("realm: " + err.Error()) // rand does not fail
		}
		r.key = &key
	}
	return r
}

// ID is the realm's id.
func (r *Realm) ID() [derive.RealmSize]byte { return r.id }

// PublicKey is that of a secure realm, else nil.
func (r *Realm) PublicKey() []byte {
	if r.key == nil {
		return nil
	}
	return r.key.Public
}

// Allow lets a token speak for a user.
func (r *Realm) Allow(token, user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.users[token] = user
}

// Revoke makes a token worth nothing.
func (r *Realm) Revoke(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.users, token)
}

// Forget ends all sessions, as a restart does.
func (r *Realm) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.sessions)
}

// Guesses is how many guesses a user has used in a row, of how many; none are allowed where nothing is kept (any more).
func (r *Realm) Guesses(user string) (used, allowed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rec := r.records[user]; rec != nil && !rec.gone {
		return int(rec.used), int(rec.allowed)
	}
	return 0, 0
}

// Asked is how often a step was carried out, by its name in the protocol.
func (r *Realm) Asked(step string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked[step]
}

// user is whom a token speaks for.
func (r *Realm) user(token string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	user, ok := r.users[token]
	return user, ok
}

var _ http.Handler = (*Realm)(nil)
