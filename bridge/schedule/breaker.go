package schedule

import (
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
)

const (
	// outageAfter is how many failures in a row trip a lane's breaker.
	outageAfter = 5
	// outageFirst and OutageMost bound the wait between probes of a side that is out of order.
	outageFirst = 5 * time.Second
	// OutageMost is also the wait after a refusal of which nobody says how long it lasts.
	OutageMost = time.Minute
	// operatorFirst and operatorMost bound the wait between probes while the admin has something to mend.
	operatorFirst = 15 * time.Second
	operatorMost  = 5 * time.Minute
	// lockoutWait is the least wait after a refused password: Motion locks accounts after several bad log-ins.
	lockoutWait = time.Minute
)

// breaker blocks a lane until a time. Then one that a rate limit tripped lets all through again, any other one delivery.
type breaker struct {
	kind    bridge.Kind
	failure bridge.Failure
	code    string
	since   time.Time
	until   time.Time
	step    int
	probing bool // one delivery is on its way through
	checked bool // the cheap probe has passed since the breaker was due
	held    bool // nothing but Free resets it
}

// Breakers are the circuit breakers of all lanes, so that a side which is out of order is asked now and then only. Make it
// with NewBreakers; it is safe for concurrent use.
type Breakers struct {
	mu      sync.Mutex
	tripped map[bridge.Lane]*breaker
	fails   map[bridge.Lane]int
	// turns counts the wishes of Hurry, so that a try from before says nothing of what was mended since.
	turns map[bridge.Lane]int
}

// NewBreakers returns breakers none of which has tripped.
func NewBreakers() *Breakers {
	return &Breakers{tripped: map[bridge.Lane]*breaker{}, fails: map[bridge.Lane]int{}, turns: map[bridge.Lane]int{}}
}

// Turn is what a try is to tell of when it began.
func (g *Breakers) Turn(lane bridge.Lane) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.turns[lane]
}

// admit returns how many of the wanted deliveries may go through the lane now, and whether the side should be
// probed first.
func (g *Breakers) admit(lane bridge.Lane, want int, now time.Time) (n int, probe bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.tripped[lane]
	switch {
	case c == nil:
		return want, false
	case c.held || now.Before(c.until) || c.probing:
		return 0, false
	case c.kind == bridge.RateLimited:
		delete(g.tripped, lane)
		return want, false
	case c.kind == bridge.Operator && !c.checked:
		c.probing = true
		return 0, true
	default:
		return min(want, 1), false
	}
}

// entered notes that a delivery goes through and returns its turn; at a breaker that is half open it is the only one.
func (g *Breakers) entered(lane bridge.Lane) (turn int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.tripped[lane]; c != nil {
		c.probing = true
	}
	return g.turns[lane]
}

// probed takes in the result of the cheap probe that began in a turn.
func (g *Breakers) probed(lane bridge.Lane, turn int, err error, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.tripped[lane]
	if c == nil || c.held {
		return
	}
	c.probing, c.checked = false, err == nil
	if err != nil {
		e := bridge.AsError(err)
		if e.Kind == bridge.Operator {
			c.failure, c.code = bridge.FailureOf(e), e.Code
		}
		g.tripAgain(lane, turn, now, e)
	}
}

// Passed resets the lane's breaker; it reports whether it had tripped.
func (g *Breakers) Passed(lane bridge.Lane) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.fails, lane)
	c := g.tripped[lane]
	if c == nil || c.held {
		return false
	}
	delete(g.tripped, lane)
	return true
}

// Hold blocks lanes until Free lets them go, whatever attempts and probes come to.
func (g *Breakers) Hold(e *bridge.Error, now time.Time, lanes ...bridge.Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, lane := range lanes {
		since := now
		if c := g.tripped[lane]; c != nil && c.held {
			since = c.since
		}
		g.tripped[lane] = &breaker{kind: bridge.Operator, failure: bridge.FailureOf(e), code: e.Code, since: since, held: true}
	}
}

// Free ends what Hold has begun.
func (g *Breakers) Free(lanes ...bridge.Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, lane := range lanes {
		if c := g.tripped[lane]; c != nil && c.held {
			delete(g.tripped, lane)
		}
	}
}

// Failed takes in an error of the lane's own side, met in a try of a turn, and returns until when the lane is blocked;
// zero when it is not.
func (g *Breakers) Failed(lane bridge.Lane, turn int, e *bridge.Error, now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.tripped[lane]
	if c != nil && c.held {
		return time.Time{}
	}
	switch e.Kind {
	case bridge.Operator, bridge.RateLimited:
	case bridge.Temporary, bridge.OutcomeUnknown:
		if g.fails[lane]++; c == nil && g.fails[lane] < outageAfter {
			return time.Time{}
		}
	default:
		return time.Time{}
	}
	if c == nil || (c.kind != e.Kind && e.Kind != bridge.OutcomeUnknown) {
		c = &breaker{kind: e.Kind, since: now}
		g.tripped[lane] = c
	}
	c.failure, c.code = bridge.FailureOf(e), e.Code
	g.tripAgain(lane, turn, now, e)
	return c.until
}

// tripAgain trips a breaker that is there, unless somebody asked for another try since the failed one began: that is due.
func (g *Breakers) tripAgain(lane bridge.Lane, turn int, now time.Time, e *bridge.Error) {
	c := g.tripped[lane]
	c.trip(now, e)
	if turn != g.turns[lane] && c.kind != bridge.RateLimited {
		c.until, c.step = now, 0
	}
}

func (c *breaker) trip(now time.Time, e *bridge.Error) {
	c.probing, c.checked = false, false
	switch c.kind {
	case bridge.RateLimited:
		c.until = now.Add(OutageMost)
		if !e.RetryAt.IsZero() {
			c.until = wait.Earlier(e.RetryAt, now.Add(bridge.MaxWindow)).Add(limitJitter())
		}
	case bridge.Operator:
		c.until = now.Add(min(operatorFirst<<min(c.step, 10), operatorMost))
		if e.Side == bridge.SideMotion {
			c.until = now.Add(max(c.until.Sub(now), lockoutWait))
		}
	default:
		c.until = now.Add(min(outageFirst<<min(c.step, 10), OutageMost))
	}
	c.step++
}

// Release lets another delivery try, because the one on its way came to nothing that says anything of the side.
func (g *Breakers) Release(lane bridge.Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.tripped[lane]; c != nil {
		c.probing = false
	}
}

// Hurry makes the breakers of the lanes due now, but for those of rate limits, because the admin has mended something.
func (g *Breakers) Hurry(now time.Time, lanes ...bridge.Lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, lane := range lanes {
		g.turns[lane]++
		if c := g.tripped[lane]; c != nil && c.kind != bridge.RateLimited && !c.held {
			c.until, c.step = now, 0
		}
	}
}

// Blocked returns why a lane is blocked, if it is.
func (g *Breakers) Blocked(lane bridge.Lane) (bridge.Blocked, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.tripped[lane]
	if c == nil {
		return bridge.Blocked{}, false
	}
	return bridge.Blocked{Lane: lane, Failure: c.failure, Since: c.since, Until: c.until}, true
}

// isReady reports whether nothing but the lane's own messages decides when something goes through it: it is open, or
// due and ready to let one through.
func (g *Breakers) isReady(lane bridge.Lane, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.tripped[lane]
	return c == nil || (!c.held && !c.probing && !now.Before(c.until))
}

// next returns when the first lane is due that is blocked until then.
func (g *Breakers) next(now time.Time) (time.Time, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var first time.Time
	for _, c := range g.tripped {
		if !c.held && !c.probing && now.Before(c.until) && (first.IsZero() || c.until.Before(first)) {
			first = c.until
		}
	}
	return first, !first.IsZero()
}
