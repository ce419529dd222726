package reach

import (
	"context"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
)

const (
	// pollDirect keeps three of the 15 calls that X allows in 15 minutes for looking up lost answers. pollMentions is far
	// from X's limit.
	pollDirect, pollMentions = 75 * time.Second, time.Minute
	// pollCosts is the wait while X wants something of the admin, such as credits.
	pollCosts = 5 * time.Minute
)

// Poll is the way in by asking X: slow, but it needs nothing but the keys.
type Poll struct {
	Config
	*board
	closers closers
	poked   []wait.Signal // one for each list

	mu   sync.Mutex
	good map[string]time.Time // when each list was last read, by its words
}

var _ Source = (*Poll)(nil)

// NewPoll returns a poll that does nothing until Run.
func NewPoll(c Config) *Poll {
	b := newBoard(ModePoll, &c)
	p := &Poll{Config: c, board: b, closers: newClosers(c, b, nothing), good: map[string]time.Time{}}
	for _, g := range p.closers {
		for range g.lists {
			p.poked = append(p.poked, wait.NewSignal())
		}
	}
	return p
}

// Poke implements Source.
func (p *Poll) Poke() {
	for _, c := range p.poked {
		c.Send()
	}
}

// Run implements Source.
func (p *Poll) Run(ctx context.Context) error {
	p.start()
	var workers sync.WaitGroup
	poked := p.poked
	for _, g := range p.closers {
		g.begin(ctx)
		away := g.take()
		for _, l := range g.lists {
			woken := poked[0]
			poked = poked[1:]
			workers.Go(func() { p.ask(ctx, g, l, away, woken) })
		}
	}
	workers.Wait()
	return nil
}

// ask reads one list again and again. away is the time since the last run; nil when there was none.
func (p *Poll) ask(ctx context.Context, g *closer, l *list, away *outage, woken <-chan struct{}) {
	every := pollMentions
	if l.name == "dm" {
		every = pollDirect
	}
	open, good := away, time.Now()
	for ctx.Err() == nil {
		delay := every
		t, err := g.read(ctx, l, true)
		if err == nil {
			p.succeeded(ctx, g, l, open, t)
			open, good = nil, time.Now()
			if l.name == "dm" {
				p.tellMissed(g.member.Channel)
			}
		} else {
			p.failed(ctx, hopPoll, l.title+" of "+g.member.Channel, err)
			if open == nil {
				open = &outage{from: good}
			}
			t.recovered += open.recovered
			open = &outage{from: open.from, recovered: t.recovered}
			if bridge.KindOf(err) == bridge.Operator {
				delay = pollCosts
			}
		}
		wait.PauseOr(ctx, delay, woken)
	}
}

func (p *Poll) succeeded(ctx context.Context, g *closer, l *list, open *outage, t tally) {
	list := l.title + " of " + g.member.Channel
	p.fine(hopPoll, list)
	if open != nil {
		g.report(&outage{from: open.from, to: time.Now(), recovered: open.recovered}, t)
	}
	if p.allGood(list) && p.isFine() && p.closers.alive(ctx, p.board) {
		p.prove()
	}
}

// allGood notes that a list was read, and reports whether every one was, not long ago.
func (p *Poll) allGood(list string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.good[list] = time.Now()
	for _, at := range p.good {
		if time.Since(at) > proofAge {
			return false
		}
	}
	return len(p.good) == len(p.poked)
}
