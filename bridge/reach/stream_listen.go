package reach

import (
	"context"
	"math"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
	"perch/bridge/xapi"
)

// Run implements Source.
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
	return s.app().Stream(ctx, backfill, func(line []byte) error { return s.handle(ctx, line) })
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

// crowded is how long to wait at least because there were so many connections already.
func (s *Stream) crowded() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.connects) < manyConnects || time.Since(s.connects[0]) > connectWindow {
		return 0
	}
	return crowdedPause
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

func (s *Stream) hasProgressed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progressed
}
