package reach

import (
	"context"
	"math"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
	"perch/bridge/xapi"
	"perch/bridge/xapi/payload"
)

const (
	// checkEvery is the time between looks at the subscriptions.
	checkEvery = time.Minute
	// reconnectFirst and reconnectMost bound the waits between connections.
	reconnectFirst, reconnectMost = time.Second, 5 * time.Minute
	// steadyAfter is how long a stream has to last to count as a good one.
	steadyAfter = 30 * time.Second
	// reconnectLocal is the longest of those waits when it was the journal that took no more: events wait at X meanwhile.
	reconnectLocal = 30 * time.Second
	// manyConnects within connectWindow slow reconnecting down to crowdedPause: X allows 450 in 15 minutes.
	manyConnects, connectWindow, crowdedPause = 200, 15 * time.Minute, 4 * time.Second
	// openingTime is how long a stream waits for what was missed before, which ought to come first.
	openingTime = 30 * time.Second
	// backfillReach is the outage that X's own backfill surely covers, and backfillMargin what is asked for beyond one.
	backfillReach, backfillMargin = xapi.MaxBackfill*time.Minute - time.Minute, 30 * time.Second
	// lateTime is how long after the opening of a stream messages of the outage come.
	lateTime = time.Minute
	// checkAge is how long the look at the subscriptions is good for.
	checkAge = 150 * time.Second
)

// Stream is the way in by X's activity stream. It needs no public address.
type Stream struct {
	Config
	*board
	upkeep  *upkeep
	closers closers
	poked   wait.Signal // wakes who listens
	// checkNow wakes who looks at the subscriptions.
	checkNow wait.Signal

	mu         sync.Mutex
	lastLife   time.Time // the last sign of life of the stream
	opened     time.Time // when the stream was opened; zero while it is not
	broke      time.Time // when the last one broke
	checked    time.Time // when the subscriptions were last found good
	progressed bool      // the stream brought an event
	connects   []time.Time
	noBackfill bool // X refuses it
	byOwnID    map[string]*closer
}

// NewStream returns a stream that does nothing until Run.
func NewStream(c Config) *Stream {
	b := newBoard(ModeStream, &c)
	return &Stream{Config: c, board: b, upkeep: newUpkeep(c, b), closers: newClosers(c, b, unaskable), poked: wait.NewSignal(), checkNow: wait.NewSignal()}
}

// Poke implements Way.
func (s *Stream) Poke() {
	s.poked.Send()
	s.checkNow.Send()
}

// Run implements Way.
func (s *Stream) Run(ctx context.Context) error {
	s.start()
	var workers sync.WaitGroup
	for _, g := range s.closers {
		g.begin(ctx)
		workers.Go(func() { g.run(ctx) })
	}
	workers.Go(func() { s.watch(ctx) })
	s.listen(ctx)
	workers.Wait()
	return nil
}

// watch looks at the subscriptions. Without one X is silent although the stream is fine.
func (s *Stream) watch(ctx context.Context) {
	for wasGood := true; ; {
		isGood := s.upkeep.check(ctx, "", s.closers.missed)
		if isGood {
			s.checkedGood(ctx)
		}
		if isGood && !wasGood {
			s.poked.Send() // what was out of order may be so no longer
		}
		wasGood = isGood
		if !wait.PauseOr(ctx, checkEvery, s.checkNow) {
			return
		}
	}
}

// checkedGood takes in that the subscriptions are complete, which is the half of the proof that the stream cannot give.
func (s *Stream) checkedGood(ctx context.Context) {
	byOwnID := map[string]*closer{}
	for _, g := range s.closers {
		if own, err := g.member.X.OwnID(ctx); err == nil {
			byOwnID[own] = g
		}
	}
	s.mu.Lock()
	s.checked, s.byOwnID = time.Now(), byOwnID
	isOpen := !s.opened.IsZero()
	s.mu.Unlock()
	if isOpen {
		s.prove()
	}
}

// listen keeps a stream open.
func (s *Stream) listen(ctx context.Context) {
	again := newBackOff(reconnectFirst, reconnectMost)
	for ctx.Err() == nil {
		s.catchUp(ctx)
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		lasted := s.ended(ctx, err)
		if s.refusesBackfill(err) {
			continue
		}
		if lasted >= steadyAfter || s.hasProgressed() {
			again.Reset()
		}
		delay := again.NextBackOff()
		switch e := bridge.AsError(err); {
		case e.Kind == bridge.RateLimited:
			delay = max(delay, time.Until(e.RetryAt))
		case e.Side == bridge.SidePerch:
			delay = min(delay, reconnectLocal)
		}
		began := time.Now()
		if wait.PauseOr(ctx, max(delay, s.crowded()), s.poked) && time.Since(began) < delay {
			again.Reset()
		}
	}
}

// catchUp hands on what was missed before anything newer comes, as far as that takes no longer than openingTime.
func (s *Stream) catchUp(ctx context.Context) {
	s.mu.Lock()
	isCovered, broke := time.Since(s.lastLife) < backfillReach && !s.noBackfill, s.broke
	s.mu.Unlock()
	if isCovered {
		return
	}
	if !broke.IsZero() {
		s.closers.missed("", broke)
	}
	ctx, cancel := context.WithTimeout(ctx, openingTime)
	defer cancel()
	var passes sync.WaitGroup
	for _, g := range s.closers {
		if g.rested() {
			passes.Go(func() {
				if g.close(ctx) != nil {
					g.wake.Send() // it goes on beside the stream
				}
			})
		}
	}
	passes.Wait()
}

func (s *Stream) connect(ctx context.Context) error {
	s.mu.Lock()
	s.progressed = false
	s.connects = append(s.connects, time.Now())
	if len(s.connects) > manyConnects {
		s.connects = s.connects[1:]
	}
	backfill := s.backfill()
	s.mu.Unlock()
	return s.app().Stream(ctx, backfill, func(line []byte) error { return s.take(ctx, line) })
}

// backfill is how many minutes of the past to ask for.
func (s *Stream) backfill() int {
	switch {
	case s.noBackfill:
		return 0
	case s.lastLife.IsZero():
		return xapi.MaxBackfill
	}
	return min(int(math.Ceil((time.Since(s.lastLife) + backfillMargin).Minutes())), xapi.MaxBackfill)
}

// take handles one line. An event counts only when it is on disk.
func (s *Stream) take(ctx context.Context, line []byte) error {
	s.alive(ctx)
	if len(line) == 0 {
		return nil
	}
	arrived, isKnown := s.arrivals(ctx, line)
	if isKnown {
		return nil
	}
	if err := s.Inbox.AcceptX(ctx, s.channels(), line); err != nil {
		s.failed(ctx, hopJournal, "", err)
		return err
	}
	s.fine(hopJournal, "")
	s.mu.Lock()
	s.progressed = true
	s.mu.Unlock()
	for _, a := range arrived {
		if a.closer.feed(a.xID) && a.isLate {
			a.closer.late()
		}
	}
	return nil
}

// arrival is an event of a channel; isLate ones belong to the outage before.
type arrival struct {
	closer *closer
	xID    string
	isLate bool
}

// arrivals looks what a line holds, so that catching up need not fetch it, and what X sends again after an outage. A
// line is known when this stream has brought all of it before.
func (s *Stream) arrivals(ctx context.Context, line []byte) (all []arrival, isKnown bool) {
	s.mu.Lock()
	opened, byOwnID := s.opened, s.byOwnID
	s.mu.Unlock()
	parsed := payload.Read(line)
	isKnown = len(parsed.Events) > 0
	for i := range parsed.Events {
		e := &parsed.Events[i]
		g := byOwnID[e.ForUser]
		if g == nil {
			isKnown = false
			continue
		}
		isKnown = isKnown && g.isFed(e.XID)
		isLate := time.Since(opened) < lateTime && e.CreatedAt.Before(opened.Add(g.member.X.ClockAhead())) &&
			e.From.ID != e.ForUser && !g.isKnown(ctx, e.XID)
		all = append(all, arrival{g, e.XID, isLate})
	}
	return all, isKnown
}

// alive takes in a sign of life; the first one of a stream ends the outage before it.
func (s *Stream) alive(ctx context.Context) {
	now := time.Now()
	s.mu.Lock()
	isFirst, broke := s.opened.IsZero(), s.broke
	if isFirst {
		s.opened = now
	}
	s.lastLife = now
	isProof := now.Sub(s.checked) < checkAge
	s.mu.Unlock()
	if isFirst && !broke.IsZero() {
		s.closers.missed("", broke) // before all is said to be fine, so that what a pass brings belongs to this outage
	}
	if isFirst {
		s.fine(hopStream, "")
	}
	if !isProof {
		return
	}
	if s.closers.alive(ctx, s.board) {
		s.prove()
	}
}

// ended takes in why a stream broke. It returns how long the stream had lasted. A good stream that breaks is no trouble
// yet: most are open again a second later.
func (s *Stream) ended(ctx context.Context, err error) time.Duration {
	s.mu.Lock()
	var lasted time.Duration
	if !s.opened.IsZero() {
		lasted = time.Since(s.opened)
		s.broke = s.lastLife
	}
	s.opened = time.Time{}
	s.mu.Unlock()
	s.Log.Info("activity stream ended", "lasted_s", int(lasted.Seconds()), "cause", err)
	if bridge.AsError(err).Code == xapi.CodeStreamSilent || (lasted < steadyAfter && !s.hasProgressed()) {
		s.failed(ctx, hopStream, "", err)
	}
	return lasted
}

func (s *Stream) hasProgressed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progressed
}

// refusesBackfill reports whether X does not let this app look back; it is not asked to again.
func (s *Stream) refusesBackfill(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := bridge.AsError(err)
	if s.noBackfill || e.Kind != bridge.Rejected || (e.Code != "400" && e.Code != "403") {
		return false
	}
	s.noBackfill = true
	return true
}

// crowded is how long to wait at least because there were so many connections already.
func (s *Stream) crowded() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.connects) < manyConnects || time.Since(s.connects[0]) > connectWindow {
		return 0
	}
	return crowdedPause
}
