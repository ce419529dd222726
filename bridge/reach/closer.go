package reach

import (
	"context"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"perch/bridge/wait"
	"perch/bridge/xapi"
)

// list is one of X's lists.
type list struct {
	name  string // in keys
	title string // for people
	fetch func(ctx context.Context, sinceID string, count int, next string) (xapi.Page, error)
	turn  chan struct{} // holds one token while the list is read
}

// outage is a time in which events may have been missed.
type outage struct {
	from, to  time.Time
	recovered int
}

// closer fetches what a channel missed. Its cursors follow X's lists and never what came in live, so that an outage
// that nobody noticed is closed as well.
type closer struct {
	Config
	member Member
	board  *board
	lists  []*list
	// unaskable says what of an outage X cannot give afterwards; "" for nothing.
	unaskable string
	wake      wait.Signal

	mu       sync.Mutex
	pending  *outage // waits for a pass
	open     *outage // is being closed
	carried  int     // recovered in an outage that has not ended
	lastPass time.Time
	aliveAt  time.Time
	fed      map[string]struct{}
	order    []string // of fed, oldest first
}

func newCloser(c Config, m Member, b *board) *closer {
	g := &closer{Config: c, member: m, board: b, wake: wait.NewSignal(), fed: map[string]struct{}{}}
	dms := func(ctx context.Context, _ string, count int, next string) (xapi.Page, error) {
		return m.X.MissedDMs(ctx, count, next)
	}
	g.lists = []*list{{name: "dm", title: "direct messages", fetch: dms, turn: make(chan struct{}, 1)}}
	if m.Mentions {
		g.lists = append(g.lists, &list{name: "mention", title: "mentions", fetch: m.X.MissedMentions, turn: make(chan struct{}, 1)})
	}
	return g
}

func (g *closer) key(name string) string { return "reach/" + g.member.Channel + "/" + name }

// missed asks for a pass that closes an outage.
func (g *closer) missed(from, to time.Time) {
	g.add(&outage{from: from, to: to})
	g.look()
}

// look asks for a pass.
func (g *closer) look() {
	g.wake.Send()
	g.tellMissed(g.member.Channel)
}

func (g *closer) add(o *outage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.pending; p != nil {
		if p.from.Before(o.from) {
			o.from = p.from
		}
		if p.to.After(o.to) {
			o.to = p.to
		}
		o.recovered += p.recovered
	}
	g.pending = o
}

// late counts a message of the outage that X sent again by itself.
func (g *closer) late() {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.pending != nil:
		g.pending.recovered++
	case g.open != nil:
		g.open.recovered++
	}
}

// tally is what a pass brought.
type tally struct {
	recovered      int
	oldest, newest time.Time
	cut            []string
}

func (t *tally) add(o tally) {
	t.recovered += o.recovered
	t.cut = append(t.cut, o.cut...)
	if t.oldest.IsZero() || (!o.oldest.IsZero() && o.oldest.Before(t.oldest)) {
		t.oldest = o.oldest
	}
	if o.newest.After(t.newest) {
		t.newest = o.newest
	}
}

// newBackOff waits ever longer, from first to most, and never gives up.
func newBackOff(first, most time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.MaxElapsedTime, b.Multiplier = first, most, 0, 2
	b.Reset()
	return b
}
