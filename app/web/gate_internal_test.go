package web

import (
	"testing"
	"time"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func mustGate(t *testing.T) (*gate, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return newGate(c.now), c
}

// somebody is a visitor of whom nothing is known.
var somebody = visitor{user: anybody}

func mustSignIn(t *testing.T, g *gate) pass {
	t.Helper()
	code, _ := g.makeCode(anybody)
	p, got := g.signIn(code, somebody)
	if got != letIn || len(p.token) < 43 || len(p.key) < 43 || len(code) < 22 {
		t.Fatalf("%v, code of %d and token of %d letters", got, len(code), len(p.token))
	}
	return p
}

func TestACodeLetsOneBrowserInOnceAndInTime(t *testing.T) {
	g, c := mustGate(t)
	code, ends := g.makeCode(anybody)
	if !ends.Equal(c.at.Add(CodeLife)) {
		t.Errorf("holds until %v", ends)
	}
	for name, text := range map[string]string{"none": "", "another": code + "x", "cut": code[1:], "upper": "A" + code[1:] + "B"} {
		if _, got := g.signIn(text, somebody); got != wrongCode {
			t.Errorf("%s: %v", name, got)
		}
	}
	token, got := g.signIn(code, somebody)
	if got != letIn || g.find(token, false) == nil {
		t.Fatal(got)
	}
	late, _ := g.makeCode(anybody)
	c.pass(CodeLife)
	if _, got := g.signIn(late, somebody); got != wrongCode {
		t.Errorf("late: %v", got)
	}
}

// Whoever used it first may be a thief, who saw it in the list of processes.
func TestACodeThatIsUsedTwiceEndsWhatItBegan(t *testing.T) {
	g, _ := mustGate(t)
	other := mustSignIn(t, g)
	code, _ := g.makeCode(anybody)
	token, _ := g.signIn(code, somebody)
	s := g.find(token, false)
	if _, got := g.signIn(code, somebody); got != usedTwice {
		t.Errorf("the second time: %v", got)
	}
	if g.find(token, false) != nil || s.ctx.Err() == nil {
		t.Error("the session goes on")
	}
	if g.find(other, false) == nil {
		t.Error("another session has ended")
	}
}

func TestWrongCodesAreLimited(t *testing.T) {
	g, c := mustGate(t)
	good, _ := g.makeCode(anybody)
	for range maxWrong {
		if _, got := g.signIn("guess", somebody); got != wrongCode {
			t.Fatal(got)
		}
	}
	if _, got := g.signIn("guess", somebody); got != tooMany {
		t.Errorf("beyond the limit: %v", got)
	}
	if _, got := g.signIn(good, somebody); got != letIn {
		t.Errorf("who guesses keeps the owner out: %v", got)
	}
	c.pass(wrongSpan)
	if _, got := g.signIn("guess", somebody); got != wrongCode {
		t.Errorf("a minute later: %v", got)
	}
}

func TestSessionsEnd(t *testing.T) {
	tests := map[string]func(*gate, *clock, pass) (alive bool){
		"nobody there": func(_ *gate, c *clock, _ pass) bool { c.pass(IdleLife); return false },
		"only the page": func(g *gate, c *clock, token pass) bool {
			c.pass(IdleLife / 2)
			g.find(token, false)
			c.pass(IdleLife / 2)
			return false
		},
		"somebody there": func(g *gate, c *clock, token pass) bool {
			c.pass(IdleLife / 2)
			g.find(token, true)
			c.pass(IdleLife / 2)
			return true
		},
		"signed out":         func(g *gate, _ *clock, token pass) bool { g.signOut(token); return false },
		"another signed out": func(g *gate, _ *clock, token pass) bool { g.signOut(pass{token.token + "x", token.key}); return true },
		"ended by its id":    func(g *gate, _ *clock, _ pass) bool { return g.end(g.list()[0].ID) != 1 },
		"another id":         func(g *gate, _ *clock, _ pass) bool { return g.end("00000000") == 0 },
		"all ended":          func(g *gate, _ *clock, _ pass) bool { return g.end("all") != 1 },
		"the cookie alone":   func(g *gate, _ *clock, p pass) bool { g.signOut(pass{token: p.token}); return true },
		"a clock set back":   func(_ *gate, c *clock, _ pass) bool { c.pass(-IdleLife); return false },
		"half a day": func(g *gate, c *clock, token pass) bool {
			for range FullLife / (IdleLife / 2) {
				c.pass(IdleLife / 2)
				g.find(token, true)
			}
			return false
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			g, c := mustGate(t)
			token := mustSignIn(t, g)
			s := g.find(token, false)
			alive := end(g, c, token)
			g.sweep()
			if got := s.ctx.Err() == nil; got != alive || (g.find(token, false) != nil) != alive || len(g.list()) != map[bool]int{true: 1}[alive] {
				t.Errorf("alive %v, want %v; %d listed", got, alive, len(g.list()))
			}
		})
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	g, c := mustGate(t)
	first, _ := g.makeCode(anybody)
	for range 10 * maxCodes {
		c.pass(time.Millisecond)
		g.makeCode(anybody)
	}
	if len(g.codes) > maxCodes {
		t.Errorf("%d codes", len(g.codes))
	}
	if _, got := g.signIn(first, somebody); got != wrongCode {
		t.Errorf("the oldest code: %v", got)
	}
	token := mustSignIn(t, g)
	s := g.find(token, false)
	for range 2 * maxSessions {
		c.pass(time.Second)
		g.codes = map[hash]*code{}
		mustSignIn(t, g)
	}
	if len(g.sessions) > maxSessions || s.ctx.Err() == nil {
		t.Errorf("%d sessions, the oldest: %v", len(g.sessions), s.ctx.Err())
	}
}

// While a computer sleeps, the clock that only goes forward stands still: a session would outlive the night.
func TestSessionsGoByTheClockOnTheWall(t *testing.T) {
	if now := New(Config{}).gate.now(); now != now.Round(0) { //nolint:staticcheck // the reading that Equal leaves out is what matters
		t.Errorf("%v", now)
	}
}

// Whoever sees the address in the list of processes is another user.
func TestACodeForOneUserLetsNoOtherIn(t *testing.T) {
	for name, test := range map[string]struct {
		only, who int
		want      entry
	}{
		"the user":                  {1000, 1000, letIn},
		"another":                   {1000, 1001, otherUser},
		"one whom nobody may know":  {1000, 65534, otherUser},
		"it cannot be told":         {1000, anybody, letIn},
		"any user, by the terminal": {anybody, 1001, letIn},
	} {
		g, _ := mustGate(t)
		code, _ := g.makeCode(test.only)
		if _, got := g.signIn(code, visitor{user: test.who}); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
		if again, _ := g.signIn(code, visitor{user: test.only}); test.want == otherUser && again != (pass{}) {
			t.Errorf("%s: the code still holds", name)
		}
	}
}
