package reach

import (
	"context"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
	"perch/bridge/xapi"
)

// run makes a pass when one was asked for, and now and then anyway, until ctx ends.
func (g *closer) run(ctx context.Context) {
	again := newBackOff(retryFirst, retryMost)
	delay := g.slowPass()
	for wait.PauseOr(ctx, delay, g.wake) {
		g.mu.Lock()
		rest := max(passPause-time.Since(g.lastPass), passDelay)
		g.mu.Unlock()
		if !wait.Pause(ctx, rest) {
			return
		}
		delay = g.slowPass()
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

// slowPass is the time to the next pass when nothing seems to be missing.
func (g *closer) slowPass() time.Duration {
	if g.IsSaving != nil && g.IsSaving() {
		return savingPass
	}
	return slowPass
}

// close makes one pass over all lists and tells of the outage that it closed.
func (g *closer) close(ctx context.Context) error {
	open := g.take()
	var total tally
	for _, l := range g.lists {
		t, err := g.read(ctx, l, open != nil)
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
	var parts []string
	if time.Since(open.from) > dmDays {
		parts = append(parts, "direct messages from before "+time.Now().Add(-dmDays).Format(time.DateOnly)+", because X lists 30 days")
	}
	parts = append(parts, t.cut...)
	if g.unaskable != "" && open.to.Sub(open.from) > xapi.MaxBackfill*time.Minute {
		parts = append(parts, g.unaskable)
	}
	return strings.Join(parts, "; ")
}

// closers are those of the members, in their order.
type closers []*closer

func newClosers(c Config, b *board, unaskable func(bridge.Wanted) string) closers {
	var all closers
	for _, m := range c.Members {
		g := newCloser(c, m, b)
		g.unaskable = unaskable(m.Wanted)
		all = append(all, g)
	}
	return all
}

// missed makes the time since then an outage of the channel, or of all for "". With the zero time nothing is known to have
// been out of order, and it is only looked whether something came before X began to tell.
func (all closers) missed(channel string, since time.Time) {
	for _, g := range all {
		switch {
		case channel != "" && g.member.Channel != channel:
		case since.IsZero():
			g.look()
		default:
			g.missed(since, time.Now())
		}
	}
}

// alive keeps that the source is good now. It is the proof of the journal, too, and reports whether that holds.
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

// rested reports whether the last pass is long enough ago for another.
func (g *closer) rested() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Since(g.lastPass) >= passPause
}

const (
	// slowPass is the time between passes when nothing seems to be missing.
	slowPass = 30 * time.Minute
	// savingPass is that time while look-ups are saved: what X has not told of by itself comes later then.
	savingPass = 2 * time.Hour
	// passPause is the least time between passes: X lists direct messages 15 times in 15 minutes.
	passPause = 75 * time.Second
	// passDelay lets what X sends again by itself come first.
	passDelay = 5 * time.Second
	// shortGap is the length under which an outage without a loss is not told.
	shortGap = time.Minute
	// aliveEvery is how often it is kept that the source was good.
	aliveEvery = time.Minute
	// retryFirst and retryMost bound the waits after a pass that failed.
	retryFirst, retryMost = 5 * time.Second, 5 * time.Minute
)

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

// alive keeps that the source is good now, so that the next start knows since when it was not. It does so once in
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
