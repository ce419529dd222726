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

func mustSignIn(t *testing.T, g *gate) string {
	t.Helper()
	code, _ := g.makeCode()
	token, got := g.signIn(code, "127.0.0.1", "b")
	if got != letIn || len(token) < 43 || len(code) < 22 {
		t.Fatalf("%v, code of %d and token of %d letters", got, len(code), len(token))
	}
	return token
}

func TestACodeLetsOneBrowserInOnceAndInTime(t *testing.T) {
	g, c := mustGate(t)
	code, ends := g.makeCode()
	if !ends.Equal(c.at.Add(CodeLife)) {
		t.Errorf("holds until %v", ends)
	}
	for name, text := range map[string]string{"none": "", "another": code + "x", "cut": code[1:], "upper": "A" + code[1:] + "B"} {
		if _, got := g.signIn(text, "", ""); got != wrongCode {
			t.Errorf("%s: %v", name, got)
		}
	}
	token, got := g.signIn(code, "", "")
	if got != letIn || g.find(token, false) == nil {
		t.Fatal(got)
	}
	late, _ := g.makeCode()
	c.pass(CodeLife)
	if _, got := g.signIn(late, "", ""); got != wrongCode {
		t.Errorf("late: %v", got)
	}
}

// Whoever used it first may be a thief, who saw it in the list of processes.
func TestACodeThatIsUsedTwiceEndsWhatItBegan(t *testing.T) {
	g, _ := mustGate(t)
	other := mustSignIn(t, g)
	code, _ := g.makeCode()
	token, _ := g.signIn(code, "", "")
	s := g.find(token, false)
	if _, got := g.signIn(code, "", ""); got != wrongCode {
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
	good, _ := g.makeCode()
	for range maxWrong {
		if _, got := g.signIn("guess", "", ""); got != wrongCode {
			t.Fatal(got)
		}
	}
	if _, got := g.signIn(good, "", ""); got != tooMany {
		t.Errorf("beyond the limit: %v", got)
	}
	c.pass(wrongSpan)
	mustSignIn(t, g)
}

func TestSessionsEnd(t *testing.T) {
	tests := map[string]func(*gate, *clock, string) (alive bool){
		"nobody there": func(_ *gate, c *clock, _ string) bool { c.pass(IdleLife); return false },
		"only the page": func(g *gate, c *clock, token string) bool {
			c.pass(IdleLife / 2)
			g.find(token, false)
			c.pass(IdleLife / 2)
			return false
		},
		"somebody there": func(g *gate, c *clock, token string) bool {
			c.pass(IdleLife / 2)
			g.find(token, true)
			c.pass(IdleLife / 2)
			return true
		},
		"signed out":         func(g *gate, _ *clock, token string) bool { g.signOut(token); return false },
		"another signed out": func(g *gate, _ *clock, token string) bool { g.signOut(token + "x"); return true },
		"ended by its id":    func(g *gate, _ *clock, _ string) bool { return g.end(g.list()[0].ID) != 1 },
		"another id":         func(g *gate, _ *clock, _ string) bool { return g.end("00000000") == 0 },
		"all ended":          func(g *gate, _ *clock, _ string) bool { return g.end("all") != 1 },
		"half a day": func(g *gate, c *clock, token string) bool {
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
	first, _ := g.makeCode()
	for range 10 * maxCodes {
		c.pass(time.Millisecond)
		g.makeCode()
	}
	if len(g.codes) > maxCodes {
		t.Errorf("%d codes", len(g.codes))
	}
	if _, got := g.signIn(first, "", ""); got != wrongCode {
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
