package reach

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"perch/bridge"
	"perch/bridge/wait"
	"perch/bridge/xapi"
)

const (
	// slowPass is the time between passes when nothing seems to be missing.
	slowPass = 30 * time.Minute
	// passPause is the least time between passes: X lists direct messages 15 times in 15 minutes.
	passPause = 75 * time.Second
	// passDelay lets what X sends again by itself come first.
	passDelay = 5 * time.Second
	// shortGap is the length under which an outage without a loss is not told.
	shortGap = time.Minute
	// aliveEvery is how often it is kept that the way was good.
	aliveEvery = time.Minute
	// retryFirst and retryMost bound the waits after a pass that failed.
	retryFirst, retryMost = 5 * time.Second, 5 * time.Minute
)

// source is one of X's lists.
type source struct {
	name string // in keys
	word string // for people
	list func(ctx context.Context, sinceID string, count int, next string) (xapi.Page, error)
	turn chan struct{} // holds one token while the list is read
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
	member  Member
	board   *board
	sources []*source
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
	g.sources = []*source{{name: "dm", word: "direct messages", list: dms, turn: make(chan struct{}, 1)}}
	if m.Mentions {
		g.sources = append(g.sources, &source{name: "mention", word: "mentions", list: m.X.MissedMentions, turn: make(chan struct{}, 1)})
	}
	return g
}

// closers are those of the members, in their order.
type closers []*closer

func newClosers(c Config, b *board, unaskable string) closers {
	var all closers
	for _, m := range c.Members {
		g := newCloser(c, m, b)
		g.unaskable = unaskable
		all = append(all, g)
	}
	return all
}

// missed makes the time since then an outage of the channel, or of all for "".
func (all closers) missed(channel string, since time.Time) {
	for _, g := range all {
		if channel == "" || g.member.Channel == channel {
			g.missed(since, time.Now())
		}
	}
}

// alive keeps that the way is good now. It is the proof of the journal, too, and reports whether that holds.
func (all closers) alive(ctx context.Context, b *board) bool {
	isGood := true
	for _, g := range all {
		done, err := g.alive(ctx)
		switch {
		case err != nil:
			b.failed(ctx, hopJournal, "", err)
			isGood = false
		case done:
			b.fine(hopJournal, "")
		}
	}
	return isGood
}

func (g *closer) key(name string) string { return "reach/" + g.member.Channel + "/" + name }

// begin makes the time since the last run an outage. A channel that never ran has none.
func (g *closer) begin(ctx context.Context) {
	last, err := g.Settings.Setting(ctx, g.key("alive"))
	if err != nil {
		return
	}
	if at, err := time.Parse(time.RFC3339, last); err == nil {
		g.missed(at, time.Now())
	}
}

// alive keeps that the way is good now, so that the next start knows since when it was not. It does so once in
// aliveEvery only, and reports whether it did.
func (g *closer) alive(ctx context.Context) (bool, error) {
	g.mu.Lock()
	isDue := time.Since(g.aliveAt) >= aliveEvery
	if isDue {
		g.aliveAt = time.Now()
	}
	g.mu.Unlock()
	if !isDue {
		return false, nil
	}
	return true, g.Settings.SetSetting(ctx, g.key("alive"), time.Now().Format(time.RFC3339))
}

// missed asks for a pass that closes an outage.
func (g *closer) missed(from, to time.Time) {
	g.add(&outage{from: from, to: to})
	g.wake.Send()
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

// run makes a pass when one was asked for, and now and then anyway, until ctx ends.
func (g *closer) run(ctx context.Context) {
	again := newBackOff(retryFirst, retryMost)
	delay := slowPass
	for wait.PauseOr(ctx, delay, g.wake) {
		g.mu.Lock()
		rest := max(passPause-time.Since(g.lastPass), passDelay)
		g.mu.Unlock()
		if !wait.Pause(ctx, rest) {
			return
		}
		delay = slowPass
		if err := g.close(ctx); err != nil {
			delay = again.NextBackOff()
			if bridge.AsError(err).Side == bridge.SidePerch { // the journal took no more: X's messages wait
				delay = min(delay, passPause)
			}
			continue
		}
		again.Reset()
	}
}

// rested reports whether the last pass is long enough ago for another.
func (g *closer) rested() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Since(g.lastPass) >= passPause
}

// close makes one pass over all lists and tells of the outage that it closed.
func (g *closer) close(ctx context.Context) error {
	open := g.take()
	var total tally
	for _, s := range g.sources {
		t, err := g.follow(ctx, s, open != nil)
		total.add(t)
		if err != nil {
			g.giveBack(total.recovered)
			g.board.failed(ctx, hopCatchUp, g.member.Channel, err)
			return err
		}
	}
	g.board.fine(hopCatchUp, g.member.Channel)
	g.mu.Lock()
	g.lastPass, g.open = time.Now(), nil
	g.mu.Unlock()
	g.report(open, total)
	return nil
}

// take begins to close what is pending; nil when nothing is.
func (g *closer) take() *outage {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open, g.pending = g.pending, nil
	return g.open
}

// giveBack makes an outage wait again whose pass failed after it had recovered some messages.
func (g *closer) giveBack(recovered int) {
	g.mu.Lock()
	open := g.open
	g.open = nil
	g.mu.Unlock()
	if open != nil {
		open.recovered += recovered
		g.add(open)
	}
}

// report tells of a closed outage, or of messages that were missing although nobody had noticed one. What was fetched
// while something is wrong belongs to the outage that ends when it is mended.
func (g *closer) report(open *outage, t tally) {
	if open == nil && (t.recovered == 0 || g.Memory == nil) {
		return
	}
	isFine := g.board.isFine()
	g.mu.Lock()
	isOver := open != nil || (isFine && g.pending == nil)
	g.carried += t.recovered
	recovered := g.carried
	if isOver {
		g.carried = 0
	}
	g.mu.Unlock()
	if !isOver {
		return
	}
	if open == nil {
		open = &outage{from: t.oldest, to: t.newest}
	}
	gap := Gap{Channel: g.member.Channel, From: open.from, To: open.to, Recovered: open.recovered + recovered, Lost: g.lost(open, t)}
	if gap.Recovered > 0 || gap.To.Sub(gap.From) >= shortGap {
		g.board.closed(gap)
	}
}

// lost says what X could not give.
func (g *closer) lost(open *outage, t tally) string {
	var words []string
	if time.Since(open.from) > dmDays {
		words = append(words, "direct messages from before "+time.Now().Add(-dmDays).Format(time.DateOnly)+", because X lists 30 days")
	}
	words = append(words, t.cut...)
	if g.unaskable != "" && open.to.Sub(open.from) > xapi.MaxBackfill*time.Minute {
		words = append(words, g.unaskable)
	}
	return strings.Join(words, "; ")
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
