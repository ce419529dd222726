package session

import (
	"context"
	"errors"
	"time"

	"perch/app/control"
	"perch/ui/tray"
)

const (
	// limitsEvery is how often X's limits are asked for while something waits.
	limitsEvery = 10 * time.Second
	// patience bounds a poll; a relay is silent after this many unanswered ones.
	patience  = 3 * time.Second
	maxMisses = 2
)

// answer is what the relay said.
type answer struct {
	status control.Status
	limits []control.Limit
	err    error
	// silence is why a relay that works on the folder cannot be asked; nil when none does.
	silence *control.Failure
}

// ask polls the relay unless a poll is under way.
func (s *Session) ask(ctx context.Context) {
	p := &s.poll
	if p.asking {
		return
	}
	p.asking, p.hurry, p.last = true, false, time.Now()
	withLimits := p.last.Sub(p.limitsAt) >= limitsEvery
	if withLimits {
		p.limitsAt = p.last
	}
	round := p.round
	s.background(func() func() {
		a := s.answer(ctx, withLimits)
		return func() {
			p.asking = false
			if round != p.round {
				p.last = time.Time{} // ask again at once
				return
			}
			s.observe(ctx, a)
		}
	})
}

func (s *Session) answer(ctx context.Context, withLimits bool) answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var a answer
	a.status, a.err = s.Relay.Status(ctx)
	if a.err != nil {
		a.silence = control.Silence(a.err, s.Process.IsHeld())
	}
	if a.err == nil && withLimits && tray.Waiting(a.status) > 0 {
		if limits, err := s.Relay.Limits(ctx); err == nil {
			a.limits = limits
		}
	}
	return a
}

// observe takes an answer in.
func (s *Session) observe(ctx context.Context, a answer) {
	switch {
	case ctx.Err() != nil:
	case a.err == nil:
		s.poll.misses = 0
		s.isUp(ctx, a)
	case a.silence != nil:
		s.isSilent(*a.silence)
	case errors.Is(a.err, control.ErrNotRunning) && !errors.Is(a.err, context.DeadlineExceeded):
		s.poll.misses = 0
		s.isDown()
	default:
		s.isSilent(control.Unheard(a.err))
	}
}

// isSilent takes in that a relay works on the folder and cannot be asked. One question that is lost does not count.
func (s *Session) isSilent(why control.Failure) {
	s.poll.misses++
	if s.snapshot.Phase == tray.PhaseUp && s.poll.misses < maxMisses {
		return
	}
	isDemo := s.snapshot.Status.Demo
	s.snapshot.Phase, s.snapshot.Status = tray.PhaseSilent, s.to.Status(control.Silent(why))
	s.snapshot.Status.Demo = isDemo
}

func (s *Session) isUp(ctx context.Context, a answer) {
	now := time.Now()
	s.supervisor.sawUp(&s.snapshot, now)
	s.snapshot.Status = s.to.Status(a.status)
	if a.status.Demo {
		s.supervisor.isWanted = false // it ends with the demo
	}
	if a.limits != nil || tray.Waiting(a.status) == 0 {
		s.snapshot.Limits = a.limits
	}
	switch complaint, isLocked := s.supervisor.takeComplaint(); {
	case isLocked:
		s.complain(s.T("tray.line.locked"))
	case complaint != "":
		s.complain(complaint)
	}
	if !s.poll.tailing {
		s.tail(ctx)
	}
}

func (s *Session) isDown() {
	before := s.snapshot.Phase
	s.supervisor.sawDown(&s.snapshot, time.Now(), s.Process)
	if before != s.snapshot.Phase {
		s.Log.Info("relay is down", "before", string(before), "died", s.snapshot.Died, "failure", s.snapshot.Failure)
	}
}

// tail listens to the relay's feed, so that what changes shows at once and not at the next poll.
func (s *Session) tail(ctx context.Context) {
	s.poll.tailing = true
	s.background(func() func() {
		_ = s.Relay.Feed(ctx, control.Query{}, func(control.Message) { s.hurry() }) // the next poll tells why it ended
		return func() { s.poll.tailing, s.poll.hurry = false, true }
	})
}
