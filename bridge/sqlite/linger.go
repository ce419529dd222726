package sqlite

import (
	"context"
	"runtime"
	"slices"
	"time"
)

const (
	// lingerMost is the longest that what came of an attempt waits to share a commit with what comes of those beside it.
	lingerMost = 4 * time.Millisecond
	// lingerTurns is how often others may go before the committer does not wait for them.
	lingerTurns = 2
)

// readFirst has done what only reads, and returns the rest: nobody who reads has to wait for the disk.
func (s *Store) readFirst(t *tx, batch []*op) []*op {
	isRead := func(o *op) bool { return o.isRead }
	for _, o := range batch {
		if isRead(o) {
			s.commitBatch(t, []*op{o})
		}
	}
	return slices.DeleteFunc(batch, isRead)
}

// linger waits moments for others to share the commit with, as long as nobody is kept from anything by that, and as long as
// there are attempts under way that may end meanwhile.
func (s *Store) linger(ctx context.Context, t *tx, batch []*op) []*op {
	if len(batch) == 0 || slices.ContainsFunc(batch, func(o *op) bool { return !o.canLinger }) {
		return batch
	}
	end := time.NewTimer(lingerMost)
	defer end.Stop()
	for _, o := range batch {
		s.applyEarly(t, batch, o)
	}
	for turns := 0; len(batch) < maxBatch; {
		var o *op
		if s.isAwaited(batch) {
			select {
			case o = <-s.ops:
			case <-end.C:
				return batch
			case <-ctx.Done():
				return batch
			}
		} else if o = next(s.ops); o == nil {
			if turns++; turns > lingerTurns {
				return batch
			}
			runtime.Gosched() // an attempt that has ended makes room for the next one
			continue
		}
		if o.isRead && (!t.isOpen || !t.hasNew) {
			s.read(t, o)
			continue
		}
		if batch = append(batch, o); !o.canLinger {
			return gather(batch, s.ops)
		}
		s.applyEarly(t, batch, o)
	}
	return batch
}

// applyEarly does what is about an attempt while others are waited for. What fails is tried anew with the whole batch.
func (s *Store) applyEarly(t *tx, batch []*op, o *op) {
	if !o.isFlying || s.isFailing {
		return
	}
	err := s.begin(t)
	if err == nil {
		err = s.apply(t, []*op{o})
	}
	if err != nil {
		s.rollBack(t, batch)
	}
}

// read has something done that writes nothing, in the open transaction if there is one. Where that has made no messages, all
// that it has written is about such as are being attempted, which a claim passes over.
func (s *Store) read(t *tx, o *op) {
	if !t.isOpen {
		s.commitBatch(t, []*op{o})
		return
	}
	o.end(o.run(t))
}

// isAwaited reports whether attempts are under way of which nothing is in the batch.
func (s *Store) isAwaited(batch []*op) bool {
	flying := 0
	for _, o := range batch {
		if o.isFlying {
			flying++
		}
	}
	return flying < s.flight.size()
}
