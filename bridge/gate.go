package bridge

import (
	"sync"
	"time"
)

const (
	// outageAfter is how many failures in a row close a lane's gate.
	outageAfter = 5
	// outageFirst and outageMost bound the wait between probes of a side that is out of order.
	outageFirst = 5 * time.Second
	outageMost  = time.Minute
	// operatorFirst and operatorMost bound the wait between probes while the admin has something to mend.
	operatorFirst = 15 * time.Second
	operatorMost  = 5 * time.Minute
	// lockoutWait is the least wait after a refused password: Motion locks accounts after several bad log-ins.
	lockoutWait = time.Minute
)

// gate holds a lane closed until a time. Then a rate-limit gate opens, and any other lets one delivery through.
type gate struct {
	kind    Kind
	failure Failure
	code    string
	since   time.Time
	until   time.Time
	step    int
	probing bool // one delivery is on its way through
	checked bool // the cheap probe has passed since the gate was due
	held    bool // nothing but free opens it
}

// Blocked tells people why a lane waits.
type Blocked struct {
	Lane    Lane
	Failure Failure
	Since   time.Time
	// Until is when Perch tries again; zero when that is not a matter of time.
	Until time.Time
}

// gates keeps the closed lanes. It is safe for concurrent use.
type gates struct {
	mu     sync.Mutex
	closed map[Lane]*gate
	fails  map[Lane]int
	// turns counts the wishes of hurry, so that a try from before says nothing of what was mended since.
	turns map[Lane]int
}

func newGates() *gates {
	return &gates{closed: map[Lane]*gate{}, fails: map[Lane]int{}, turns: map[Lane]int{}}
}

// turn is what a try is to tell of when it began.
func (g *gates) turn(lane Lane) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.turns[lane]
}

// admits returns how many of the wanted deliveries may go through the lane now, and whether the side should be
// probed first.
func (g *gates) admits(lane Lane, want int, now time.Time) (n int, probe bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.closed[lane]
	switch {
	case c == nil:
		return want, false
	case c.held || now.Before(c.until) || c.probing:
		return 0, false
	case c.kind == RateLimited:
		delete(g.closed, lane)
		return want, false
	case c.kind == Operator && !c.checked:
		c.probing = true
		return 0, true
	default:
		return min(want, 1), false
	}
}

// entered notes that a delivery goes through and returns its turn; at a gate that is half open it is the only one.
func (g *gates) entered(lane Lane) (turn int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.closed[lane]; c != nil {
		c.probing = true
	}
	return g.turns[lane]
}

// probed takes in the result of the cheap probe that began in a turn.
func (g *gates) probed(lane Lane, turn int, err error, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.closed[lane]
	if c == nil || c.held {
		return
	}
	c.probing, c.checked = false, err == nil
	if err != nil {
		e := AsError(err)
		if e.Kind == Operator {
			c.failure, c.code = failureFrom(e), e.Code
		}
		g.shutAgain(lane, turn, now, e)
	}
}

// passed opens the lane; it reports whether it was closed.
func (g *gates) passed(lane Lane) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.fails, lane)
	c := g.closed[lane]
	if c == nil || c.held {
		return false
	}
	delete(g.closed, lane)
	return true
}

// hold shuts lanes until free opens them, whatever attempts and probes come to.
func (g *gates) hold(e *Error, now time.Time, lanes ...Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, lane := range lanes {
		since := now
		if c := g.closed[lane]; c != nil && c.held {
			since = c.since
		}
		g.closed[lane] = &gate{kind: Operator, failure: failureFrom(e), code: e.Code, since: since, held: true}
	}
}

// free opens lanes that hold has shut.
func (g *gates) free(lanes ...Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, lane := range lanes {
		if c := g.closed[lane]; c != nil && c.held {
			delete(g.closed, lane)
		}
	}
}

// failed takes in an error of the lane's own side, met in a try of a turn, and returns until when the lane is closed; zero
// when it is open.
func (g *gates) failed(lane Lane, turn int, e *Error, now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.closed[lane]
	if c != nil && c.held {
		return time.Time{}
	}
	switch e.Kind {
	case Operator, RateLimited:
	case Temporary, OutcomeUnknown:
		if g.fails[lane]++; c == nil && g.fails[lane] < outageAfter {
			return time.Time{}
		}
	default:
		return time.Time{}
	}
	if c == nil || (c.kind != e.Kind && e.Kind != OutcomeUnknown) {
		c = &gate{kind: e.Kind, since: now}
		g.closed[lane] = c
	}
	c.failure, c.code = failureFrom(e), e.Code
	g.shutAgain(lane, turn, now, e)
	return c.until
}

// shutAgain shuts a gate that is there, unless somebody asked for another try since the failed one began: that one is due.
func (g *gates) shutAgain(lane Lane, turn int, now time.Time, e *Error) {
	c := g.closed[lane]
	c.reclose(now, e)
	if turn != g.turns[lane] && c.kind != RateLimited {
		c.until, c.step = now, 0
	}
}

func (c *gate) reclose(now time.Time, e *Error) {
	c.probing, c.checked = false, false
	switch c.kind {
	case RateLimited:
		c.until = now.Add(outageMost)
		if !e.RetryAt.IsZero() {
			c.until = earlier(e.RetryAt, now.Add(MaxWindow)).Add(limitJitter())
		}
	case Operator:
		c.until = now.Add(min(operatorFirst<<min(c.step, 10), operatorMost))
		if e.Side == SideMotion {
			c.until = now.Add(max(c.until.Sub(now), lockoutWait))
		}
	default:
		c.until = now.Add(min(outageFirst<<min(c.step, 10), outageMost))
	}
	c.step++
}

// release lets another delivery try, because the one on its way came to nothing that says anything of the side.
func (g *gates) release(lane Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.closed[lane]; c != nil {
		c.probing = false
	}
}

// hurry makes the gates of the lanes due now, but for those of rate limits, because the admin has mended something.
func (g *gates) hurry(now time.Time, lanes ...Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, lane := range lanes {
		g.turns[lane]++
		if c := g.closed[lane]; c != nil && c.kind != RateLimited && !c.held {
			c.until, c.step = now, 0
		}
	}
}

// shut returns why a lane is closed, if it is.
func (g *gates) shut(lane Lane) (Blocked, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.closed[lane]
	if c == nil {
		return Blocked{}, false
	}
	return Blocked{Lane: lane, Failure: c.failure, Since: c.since, Until: c.until}, true
}

// waitsFor reports whether nothing but the lane's own messages decides when something goes through it: it is open, or
// due and ready to let one through.
func (g *gates) waitsFor(lane Lane, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.closed[lane]
	return c == nil || (!c.held && !c.probing && !now.Before(c.until))
}

// next returns when the first lane is due that is closed until then.
func (g *gates) next(now time.Time) (time.Time, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var first time.Time
	for _, c := range g.closed {
		if !c.held && !c.probing && now.Before(c.until) && (first.IsZero() || c.until.Before(first)) {
			first = c.until
		}
	}
	return first, !first.IsZero()
}

func failureFrom(e *Error) Failure {
	return Failure{Kind: e.Kind, Message: e.Message, Remedy: e.Remedy}
}
