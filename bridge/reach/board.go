package reach

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"perch/bridge"
)

// hop is a place on the way of an event, in words for people.
type hop string

// The places, the ones that explain the others first.
const (
	hopJournal      hop = "journal"
	hopURL          hop = "public URL"
	hopWebhook      hop = "webhook at X"
	hopSubscription hop = "subscription at X"
	hopStream       hop = "activity stream"
	hopPoll         hop = "asking X"
	hopCatchUp      hop = "catching up"
)

var hops = []hop{hopJournal, hopURL, hopWebhook, hopSubscription, hopStream, hopPoll, hopCatchUp}

const (
	// proofAge is how long a proof holds.
	proofAge = 5 * time.Minute
	// maxGaps is how many closed gaps are remembered.
	maxGaps = 20
	// clockTolerance is the difference of the clocks from which people are told.
	clockTolerance = time.Minute
)

// place is a hop of one channel, or of the whole app ("").
type place struct {
	hop     hop
	channel string
}

// trouble is what is wrong at a place.
type trouble struct {
	err   *bridge.Error
	since time.Time
}

// board collects what is known of a source and sums it up. It is safe for concurrent use.
type board struct {
	mode string
	log  *slog.Logger
	url  func() string
	// ahead returns how far X's clock is ahead.
	ahead func() time.Duration

	mu       sync.Mutex
	started  time.Time
	troubles map[place]trouble
	// silent says, by channel, why X does not tell of something that Perch finds in another way.
	silent map[string]*bridge.Error
	proof  time.Time
	gaps   []Gap
}

func newBoard(mode string, c *Config) *board {
	return &board{
		mode: mode, log: c.Log, url: func() string { return "" }, ahead: c.app().ClockAhead, troubles: map[place]trouble{},
		silent: map[string]*bridge.Error{},
	}
}

func (b *board) start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.started = time.Now()
}

// failed notes what is wrong at a place. What fails because Perch ends is no trouble.
func (b *board) failed(ctx context.Context, h hop, channel string, err error) {
	if ctx.Err() != nil {
		return
	}
	e := bridge.AsError(err)
	b.mu.Lock()
	old, was := b.troubles[place{h, channel}]
	since := old.since
	if !was {
		since = time.Now()
	}
	b.troubles[place{h, channel}] = trouble{e, since}
	b.mu.Unlock()
	if !was || old.err.Message != e.Message {
		b.log.Warn("way in degraded", "hop", string(h), "channel", channel, "cause", e.Error(), "remedy", e.Remedy)
	}
}

// since returns since when a place does not work; zero when it does.
func (b *board) since(h hop, channel string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.troubles[place{h, channel}].since
}

// fine notes that a place works.
func (b *board) fine(h hop, channel string) {
	b.mu.Lock()
	old, was := b.troubles[place{h, channel}]
	delete(b.troubles, place{h, channel})
	b.mu.Unlock()
	if was {
		b.log.Info("way in mended", "hop", string(h), "channel", channel, "cause", old.err.Error(), "took_s", int(time.Since(old.since).Seconds()))
	}
}

// quiet notes why X does not tell of a channel's encrypted messages, which are looked for all the same; nil when it does.
func (b *board) quiet(channel string, err *bridge.Error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.silent, channel)
	if err != nil {
		b.silent[channel] = err
	}
}

// quietNote is what people ought to know of that; the lock is held.
func (b *board) quietNote() (detail, remedy string) {
	for _, channel := range slices.Sorted(maps.Keys(b.silent)) {
		e := b.silent[channel]
		return "X does not tell of encrypted messages (" + channel + "), so that they come up to 10 minutes late: " + e.Message, e.Remedy
	}
	return "", ""
}

// isFine reports whether nothing is wrong anywhere.
func (b *board) isFine() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.troubles) == 0
}

// prove notes that it is certain now that events arrive.
func (b *board) prove() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.proof = time.Now()
}

// closed remembers a closed gap. Two lists may tell of the same one.
func (b *board) closed(g Gap) {
	b.log.Info("gap closed", "channel", g.Channel, "from", g.From, "to", g.To, "recovered", g.Recovered, "lost", g.Lost)
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.gaps {
		if old := &b.gaps[i]; old.Channel == g.Channel && old.From.Equal(g.From) {
			old.Recovered += g.Recovered
			if g.To.After(old.To) {
				old.To = g.To
			}
			old.Lost = bothLost(old.Lost, g.Lost)
			return
		}
	}
	if b.gaps = append(b.gaps, g); len(b.gaps) > maxGaps {
		b.gaps = b.gaps[1:]
	}
}

func bothLost(a, b string) string {
	switch {
	case strings.Contains(a, b):
		return a
	case strings.Contains(b, a):
		return b
	}
	return a + "; " + b
}

// State sums up.
func (b *board) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{Mode: b.mode, PublicURL: b.url(), LastProof: b.proof, Gaps: slices.Clone(b.gaps)}
	since := b.proof
	if since.IsZero() {
		since = b.started
	}
	switch {
	case b.started.IsZero():
		s.State = Unknown
	case len(b.troubles) > 0:
		s.State = Degraded
		at, e := b.worst()
		s.Detail, s.Remedy, s.Kind, s.RetryAt = at+": "+e.Message, e.Remedy, e.Kind, e.RetryAt
	case time.Since(since) > proofAge:
		s.State, s.Kind = Degraded, bridge.Temporary
		s.Detail = "nothing has proved since " + since.Format(time.TimeOnly) + " that X's events arrive"
	case b.proof.IsZero():
		s.State = Connecting
	default:
		s.State = Connected
		if s.Detail, s.Remedy = b.quietNote(); s.Detail == "" {
			s.Detail, s.Remedy = clockNote(b.ahead())
		}
	}
	return s
}

// worst picks the trouble that explains the others: what a person has to mend first, then by place.
func (b *board) worst() (at string, e *bridge.Error) {
	var first place
	for at := range b.troubles {
		if first == (place{}) || b.compare(at, first) < 0 {
			first = at
		}
	}
	at = string(first.hop)
	if first.channel != "" {
		at += " (" + first.channel + ")"
	}
	return at, b.troubles[first].err
}

func (b *board) compare(p, q place) int {
	needsPerson := func(at place) int {
		if b.troubles[at].err.Kind == bridge.Operator {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(needsPerson(p), needsPerson(q)),
		cmp.Compare(slices.Index(hops, p.hop), slices.Index(hops, q.hop)),
		strings.Compare(p.channel, q.channel),
	)
}

func clockNote(ahead time.Duration) (detail, remedy string) {
	if ahead.Abs() < clockTolerance {
		return "", ""
	}
	relation := "behind"
	if ahead < 0 {
		relation = "ahead of"
	}
	return fmt.Sprintf("this computer's clock is %v %s X's; Perch signs by X's clock", ahead.Abs(), relation), "set this computer's clock (switch on automatic time)"
}
