package reach

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

// handle handles one line. An event counts only when it is on disk.
func (s *Stream) handle(ctx context.Context, line []byte) error {
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
		id := fedID(e)
		isKnown = isKnown && g.isFed(id)
		isLate := time.Since(opened) < lateTime && e.CreatedAt.Before(opened.Add(g.member.X.ClockAhead())) &&
			e.From.ID != e.ForUser && !g.isKnown(ctx, e.XID)
		all = append(all, arrival{g, id, isLate})
	}
	return all, isKnown
}

// fedID is under what an event is remembered. The id of an encrypted message is chosen by its sender, and is one of hers only.
func fedID(e *bridge.Event) string {
	if e.Kind == bridge.KindEncrypted {
		return e.XID + "~" + e.From.ID
	}
	return e.XID
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
	if isFirst {
		s.closers.missed("", broke) // before all is said to be fine, so that what a pass brings belongs to this outage
		s.fine(hopStream, "")
	}
	if !isProof {
		return
	}
	if s.closers.alive(ctx, s.board) {
		s.prove()
	}
}
