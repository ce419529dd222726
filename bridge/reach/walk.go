package reach

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
	"perch/bridge/xapi"
)

const (
	// settleTime is how young an event may be and still be overtaken by an older one in X's lists. The cursor stays behind it.
	settleTime = 2 * time.Minute
	// bornMargin is how long before its first start a channel takes messages.
	bornMargin = time.Minute
	// firstCount is how many direct messages are asked for at first: X charges for each. fullCount is for the rest.
	firstCount, fullCount = 20, 100
	// knownRun is how many messages in a row have to be known to end a pass after no outage.
	knownRun = 20
	// maxMissed bounds what is held of one list; maxMentions is where X's list of mentions ends (X docs: timelines).
	maxMissed, maxMentions = 20000, 800
	// dmDays is how far back X lists direct messages.
	dmDays = 30 * 24 * time.Hour
	// maxPages bounds one walk: more than maxMissed has on pages of the smallest size.
	maxPages = maxMissed / 5
	// placeMargin is how far ahead of X's clock the time in an id may be.
	placeMargin = 24 * time.Hour
	// limitWorry is the wait for X's limit that people are told of.
	limitWorry = 2 * time.Minute
)

// read reads a list down to its cursor, hands on what is there and moves the cursor. After no outage it is content
// with a run of messages that are known.
func (g *closer) read(ctx context.Context, l *list, thorough bool) (tally, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return tally{}, ctx.Err()
	}
	cursor, err := g.Settings.Setting(ctx, g.key(l.name))
	if err != nil {
		return tally{}, err
	}
	if !g.isPlace(cursor) {
		cursor = "" // an odd id must not hide for ever what lies below it
	}
	f, err := g.walk(ctx, l, cursor, thorough)
	if err != nil {
		return tally{}, err
	}
	t := tally{cut: f.cut}
	for _, m := range slices.Backward(f.above) {
		if err := g.hand(ctx, m, &t); err != nil {
			return t, err
		}
	}
	if f.settled != "" && f.settled != cursor {
		err = g.Settings.SetSetting(ctx, g.key(l.name), f.settled)
	}
	return t, err
}

// found is what a walk through a list came upon.
type found struct {
	above   []xapi.Missed // lies above the cursor, newest first
	settled string        // the newest id that the cursor may move to; "" for none
	cut     []string      // what lies beyond the end of X's list, in words
	run     int           // how many in a row were known
}

// walk reads a list from its newest element down to the cursor.
func (g *closer) walk(ctx context.Context, l *list, cursor string, thorough bool) (f found, err error) {
	born, err := g.born(ctx)
	if err != nil {
		return f, err
	}
	count, next := firstCount, ""
	if cursor != "" && l.name != "dm" {
		count = fullCount // X lists only what came since
	}
	for range maxPages {
		page, err := g.page(ctx, l, cursor, count, next)
		if err != nil {
			return f, err
		}
		for _, m := range g.timed(page.Events) {
			if g.isEnd(ctx, &f, m, cursor, born) || (!thorough && f.run >= knownRun) {
				return f, nil
			}
			f.above = append(f.above, m)
		}
		if page.Next == next {
			page.Next = "" // a list that leads to itself has no end
		}
		next, count = page.Next, fullCount
		if next == "" || len(f.above) >= maxMissed {
			f.cut = cutNote(l, len(f.above))
			return f, nil
		}
	}
	return f, nil
}

// timed gives what has no time that can be the time of its neighbour in the list, which is in the order of time.
func (g *closer) timed(list []xapi.Missed) []xapi.Missed {
	list = slices.Clone(list)
	g.dropOddTimes(list)
	for i := range list {
		if list[i].CreatedAt.IsZero() && i > 0 {
			list[i].CreatedAt = list[i-1].CreatedAt
		}
	}
	for i := len(list) - 2; i >= 0; i-- {
		if list[i].CreatedAt.IsZero() {
			list[i].CreatedAt = list[i+1].CreatedAt
		}
	}
	return list
}

// dropOddTimes takes away times that are still to come and those before the time of something older.
func (g *closer) dropOddTimes(list []xapi.Missed) {
	most, behind := g.xNow().Add(placeMargin), time.Time{}
	for i := range slices.Backward(list) {
		at := &list[i].CreatedAt
		if at.After(most) || at.Before(behind.Add(-settleTime)) {
			*at = time.Time{}
		}
		if at.After(behind) {
			behind = *at
		}
	}
}

// isEnd takes in the next element and reports whether it was handed on by an earlier pass, or is older than the channel.
func (g *closer) isEnd(ctx context.Context, f *found, m xapi.Missed, cursor string, born time.Time) bool {
	if !g.isPlace(m.ID) {
		return false // what cannot be read has no place in the list, and is handed on once
	}
	if m.CreatedAt.IsZero() { // none of the list has a time
		m.CreatedAt = idTime(m.ID)
	}
	isOld := m.CreatedAt.Before(born)
	if cursor != "" {
		isOld = !isNewer(m.ID, cursor)
	}
	if f.settled == "" && (isOld || g.isSettled(m)) {
		f.settled = newest(m.ID, cursor)
	}
	f.run = g.runOfKnown(ctx, f.run, m)
	return isOld
}

// isPlace reports whether an id can be a place in X's lists: a number, and, since X makes its numbers of the time, none that
// will come only after tomorrow.
func (g *closer) isPlace(id string) bool {
	n, err := strconv.ParseUint(id, 10, 63)
	return err == nil && (n < firstSnowflake || snowflakeTime(n).Before(g.xNow().Add(placeMargin)))
}

// cutNote says what lies beyond the end of X's list, when that is where the walk ended.
func cutNote(l *list, n int) []string {
	if n >= maxMissed || (l.name != "dm" && n >= maxMentions) {
		return []string{fmt.Sprintf("%s beyond the newest %d, if there were any, because X lists no more", l.title, n)}
	}
	return nil
}

func (g *closer) isSettled(m xapi.Missed) bool {
	return m.CreatedAt.IsZero() || g.xNow().Sub(m.CreatedAt) > settleTime
}

func (g *closer) xNow() time.Time { return time.Now().Add(g.member.X.ClockAhead()) }

// born is since when the channel takes messages: its very first start, by X's clock.
func (g *closer) born(ctx context.Context) (time.Time, error) {
	stored, err := g.Settings.Setting(ctx, g.key("born"))
	if err != nil {
		return time.Time{}, err
	}
	if at, err := time.Parse(time.RFC3339, stored); err == nil {
		return at, nil
	}
	if _, err := g.member.X.OwnID(ctx); err != nil { // X's clock is known after a call only
		return time.Time{}, err
	}
	at := g.xNow().Add(-bornMargin)
	return at, g.Settings.SetSetting(ctx, g.key("born"), at.Format(time.RFC3339))
}

// page reads one page and waits for X's limit as long as ctx allows.
func (g *closer) page(ctx context.Context, l *list, cursor string, count int, next string) (xapi.Page, error) {
	for {
		page, err := l.fetch(ctx, cursor, count, next)
		if bridge.KindOf(err) != bridge.RateLimited {
			if err == nil {
				g.board.fine(hopCatchUp, g.member.Channel)
			}
			return page, err
		}
		delay := time.Minute
		if at := bridge.AsError(err).RetryAt; !at.IsZero() {
			delay = max(time.Until(at), 0)
		}
		if delay > limitWorry {
			g.board.failed(ctx, hopCatchUp, g.member.Channel, err)
		}
		deadline, bounded := ctx.Deadline()
		if bounded && time.Until(deadline) < delay {
			return xapi.Page{}, err
		}
		if !wait.Pause(ctx, delay+time.Second+rand.N(2*time.Second)) {
			return xapi.Page{}, ctx.Err()
		}
	}
}

// hand gives one message to the inbox, unless it is known.
func (g *closer) hand(ctx context.Context, m xapi.Missed, t *tally) error {
	if g.isFed(m.ID) || (!m.Own && g.isKnown(ctx, m.ID)) {
		return nil
	}
	if err := g.Inbox.AcceptX(ctx, []string{g.member.Channel}, m.Body); err != nil {
		g.board.failed(ctx, hopJournal, "", err)
		return err
	}
	g.board.fine(hopJournal, "")
	if g.feed(m.ID) && !m.Own {
		t.add(tally{recovered: 1, oldest: m.CreatedAt, newest: m.CreatedAt})
	}
	return nil
}
