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
)

type hash = [sha256.Size]byte

// gate keeps who may use the page: by hash alone, and in memory alone.
type gate struct {
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
}

// session is a browser that is signed in.
type session struct {
	id            string
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

// makeCode returns a new code and until when it holds.
func (g *gate) makeCode() (string, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	dropOldest(g.codes, maxCodes-1, func(c *code) time.Time { return c.ends })
	text, ends := draw(codeBytes), g.now().Add(CodeLife)
	g.codes[sha256.Sum256([]byte(text))] = &code{ends: ends}
	return text, ends
}

// entry is what became of a code.
type entry int

const (
	wrongCode entry = iota
	tooMany
	letIn
)

// signIn takes a code and returns the token of a new session.
func (g *gate) signIn(text, from, browser string) (string, entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	now := g.now()
	if len(g.wrong) >= maxWrong {
		return "", tooMany
	}
	c := g.codes[sha256.Sum256([]byte(text))]
	switch {
	case c == nil:
		g.wrong = append(g.wrong, now)
		return "", wrongCode
	case c.used != hash{}: // one of the two is a thief, and nobody knows which
		g.endLocked(c.used)
		g.wrong = append(g.wrong, now)
		return "", wrongCode
	}
	dropOldestFunc(g.sessions, maxSessions-1, func(s *session) time.Time { return s.active }, g.endLocked)
	token := draw(tokenBytes)
	c.used = sha256.Sum256([]byte(token))
	s := &session{id: newID(), began: now, active: now, from: from, browser: browser}
	s.ctx, s.end = context.WithCancel(context.Background())
	g.sessions[c.used] = s
	return token, letIn
}

// find returns the session of a token; nil for none. isActive says that a person is at the page.
func (g *gate) find(token string, isActive bool) *session {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
	s := g.sessions[sha256.Sum256([]byte(token))]
	if s != nil && isActive {
		s.active = g.now()
	}
	return s
}

// signOut ends the session of a token, if there is one.
func (g *gate) signOut(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.endLocked(sha256.Sum256([]byte(token)))
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

// sweep ends what is over.
func (g *gate) sweep() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweepLocked()
}

func (g *gate) sweepLocked() {
	now := g.now()
	for h, c := range g.codes {
		if !now.Before(c.ends) {
			delete(g.codes, h)
		}
	}
	for h, s := range g.sessions {
		if now.Sub(s.active) >= IdleLife || now.Sub(s.began) >= FullLife {
			g.endLocked(h)
		}
	}
	for len(g.wrong) > 0 && now.Sub(g.wrong[0]) >= wrongSpan {
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
