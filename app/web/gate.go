package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"perch/app/control"
)

const (
	// CodeLife is how long a code lets somebody in.
	CodeLife = time.Minute
	// IdleLife is how long a session lasts without a person at the page.
	IdleLife = 30 * time.Minute
	// FullLife is how long a session lasts at most.
	FullLife = 12 * time.Hour
	// codeBytes and tokenBytes are the lengths of what is drawn at random: 128 and 256 bits.
	codeBytes, tokenBytes = 16, 32
	// idBytes is the length of a session's name.
	idBytes = 4
	// maxCodes and maxSessions bound what is kept; beyond that the oldest goes.
	maxCodes, maxSessions = 16, 32
	// maxWrong is how many wrong codes are looked at in wrongSpan.
	maxWrong, wrongSpan = 10, time.Minute
	// anybody is the user of a code that any user of the computer may bring.
	anybody = -1
)

type hash = [sha256.Size]byte

// gate keeps who may use the page: by hash alone, and in memory alone.
type gate struct {
	// now is the clock on the wall: the other one stands still while the computer sleeps.
	now func() time.Time

	mu       sync.Mutex
	codes    map[hash]*code
	sessions map[hash]*session
	wrong    []time.Time // of the last wrong codes, oldest first
}

// code is a one-time code. A used one is kept until it would have ended, so that a second use is noticed.
type code struct {
	ends time.Time
	used hash // the session that it began; zero while it is not used
	user int  // the only one who may bring it; anybody for all
}

// session is a browser that is signed in.
type session struct {
	id            string
	key           hash // of what the page itself keeps, where a cookie goes to every port
	began, active time.Time
	from, browser string
	// ctx ends with the session.
	ctx context.Context //nolint:containedctx // requests end with the session that they belong to
	end context.CancelFunc
}

func newGate(now func() time.Time) *gate {
	return &gate{now: now, codes: map[hash]*code{}, sessions: map[hash]*session{}}
}

func draw(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, by its contract
	return base64.RawURLEncoding.EncodeToString(b)
}

// newID names a session for people; it lets nobody in.
func newID() string {
	b := make([]byte, idBytes)
	_, _ = rand.Read(b) // never fails, by its contract
	return hex.EncodeToString(b)
}

// makeCode returns a new code and until when it holds. Where it is known who brings it, it has to be the user.
func (g *gate) makeCode(user int) (string, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	dropOldest(g.codes, maxCodes-1, func(c *code) time.Time { return c.ends })
	text, ends := draw(codeBytes), g.now().Add(CodeLife)
	g.codes[sha256.Sum256([]byte(text))] = &code{ends: ends, user: user}
	return text, ends
}

// entry is what became of a code.
type entry int

const (
	wrongCode entry = iota
	tooMany
	usedTwice
	otherUser
	letIn
)

// visitor is who brings a code, as far as it is known.
type visitor struct {
	from, browser string
	user          int // anybody where it is not known
}

// pass is what a browser shows from then on: the token is a cookie, the key is kept by the page itself.
type pass struct{ token, key string }

// signIn takes a code and returns the pass of a new session. Wrong codes are limited; the right one is let in all the same, so
// that nobody keeps its owner out by guessing.
func (g *gate) signIn(text string, v visitor) (pass, entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	h := sha256.Sum256([]byte(text))
	switch c := g.codes[h]; {
	case c == nil:
		return pass{}, g.refuseLocked()
	case c.used != hash{}: // one of the two is a thief, and nobody knows which
		g.endLocked(c.used)
		delete(g.codes, h)
		return pass{}, usedTwice
	case c.user != anybody && v.user != anybody && v.user != c.user:
		delete(g.codes, h)
		return pass{}, otherUser
	default:
		p := g.beginLocked(v)
		c.used = sha256.Sum256([]byte(p.token))
		return p, letIn
	}
}

func (g *gate) refuseLocked() entry {
	if len(g.wrong) >= maxWrong {
		return tooMany
	}
	g.wrong = append(g.wrong, g.now())
	return wrongCode
}

func (g *gate) beginLocked(v visitor) pass {
	dropOldestFunc(g.sessions, maxSessions-1, func(s *session) time.Time { return s.active }, g.endLocked)
	p, now := pass{draw(tokenBytes), draw(tokenBytes)}, g.now()
	s := &session{id: newID(), key: sha256.Sum256([]byte(p.key)), began: now, active: now, from: v.from, browser: v.browser}
	s.ctx, s.end = context.WithCancel(context.Background())
	g.sessions[sha256.Sum256([]byte(p.token))] = s
	return p
}

// find returns the session of a pass; nil for none. isActive says that a person is at the page.
func (g *gate) find(p pass, isActive bool) *session {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	s := g.sessions[sha256.Sum256([]byte(p.token))]
	if s == nil || s.key != sha256.Sum256([]byte(p.key)) {
		return nil
	}
	if isActive {
		s.active = g.now()
	}
	return s
}

// signOut ends the session of a pass, if there is one.
func (g *gate) signOut(p pass) {
	if g.find(p, false) == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.endLocked(sha256.Sum256([]byte(p.token)))
}

// list returns the sessions, those used last first.
func (g *gate) list() []control.WebSession {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	out := []control.WebSession{}
	for _, s := range g.sessions {
		out = append(out, control.WebSession{ID: s.id, SignedInAt: s.began, UsedAt: s.active, From: s.from, Browser: s.browser})
	}
	slices.SortFunc(out, func(a, b control.WebSession) int { return b.UsedAt.Compare(a.UsedAt) })
	return out
}

// end ends the session of an id, or all with "all", and returns how many those were.
func (g *gate) end(id string) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	for h, s := range g.sessions {
		if id == "all" || s.id == id {
			g.endLocked(h)
			n++
		}
	}
	return n
}

// forget ends all sessions, and codes that were not used.
func (g *gate) forget() {
	g.end("all")
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.codes)
}

// sweep ends what is over.
func (g *gate) sweep() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
}

func (g *gate) sweepLocked() {
	now := g.now()
	for h, c := range g.codes {
		if left := c.ends.Sub(now); left <= 0 || left > CodeLife { // the clock was set back
			delete(g.codes, h)
		}
	}
	for h, s := range g.sessions {
		if now.Sub(s.active).Abs() >= IdleLife || now.Sub(s.began).Abs() >= FullLife {
			g.endLocked(h)
		}
	}
	for len(g.wrong) > 0 && now.Sub(g.wrong[0]).Abs() >= wrongSpan {
		g.wrong = g.wrong[1:]
	}
}

func (g *gate) endLocked(h hash) {
	if s := g.sessions[h]; s != nil {
		s.end()
		delete(g.sessions, h)
	}
}

func dropOldest[T any](from map[hash]T, keep int, at func(T) time.Time) {
	dropOldestFunc(from, keep, at, func(h hash) { delete(from, h) })
}

func dropOldestFunc[T any](from map[hash]T, keep int, at func(T) time.Time, drop func(hash)) {
	for len(from) > keep {
		var oldest hash
		var when time.Time
		for h, one := range from {
			if t := at(one); when.IsZero() || t.Before(when) {
				oldest, when = h, t
			}
		}
		drop(oldest)
	}
}
