package account

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
)

// IsConfirmed reports whether the keys that a channel works with are known to be those of Account.
func (r *Registry) IsConfirmed(channel string) bool {
	return r.channels[channel] != nil && r.Hold(channel).Why == nil && r.Account(channel).ID != ""
}

// AskAgain asks X once more whose the keys are, for each channel that waits for it.
func (r *Registry) AskAgain() {
	for name, e := range r.channels {
		if r.Hold(name).Why != nil {
			e.newX.Send()
		}
	}
}

// mustAsk reports whether keys may belong to another account than the one that the journal remembers.
func (r *Registry) mustAsk(ch *bridge.Channel) bool {
	return r.Account(ch.Name).ID != "" && (ch.Keys == "" || ch.Keys != r.memory.keysOf(ch.Name))
}

// hold blocks the channel's lanes towards X. The caller has the entry's turn.
func (r *Registry) hold(e *entry, h Hold) {
	e.hold = h
	r.breakers.Hold(h.Why, r.now(), lanesToX(e.now.Load().Name)...)
}

// letGo ends a hold; what has waited for that goes at once. The caller has the entry's turn.
func (r *Registry) letGo(ctx context.Context, e *entry) {
	if e.hold.Why == nil {
		return
	}
	e.hold = Hold{}
	name := e.now.Load().Name
	r.breakers.Free(lanesToX(name)...)
	for _, lane := range bridge.LanesOf(name) {
		if err := r.journal.HastenMended(ctx, lane, r.now()); err != nil {
			r.log.Warn("hasten failed", logkey.Lane, lane, logkey.Error, err)
		}
	}
	r.wake.Send()
}

func lanesToX(channel string) []bridge.Lane {
	return []bridge.Lane{bridge.LaneOf(channel, bridge.Out, bridge.KindDM), bridge.LaneOf(channel, bridge.Out, bridge.KindChat), bridge.LaneOf(channel, bridge.Out, bridge.KindReply)}
}

// answered takes in what X said when it was asked whose the keys are. The caller has the entry's turn.
func (r *Registry) answered(ctx context.Context, e *entry, account bridge.Account, err error) error {
	name := e.now.Load().Name
	if err == nil {
		err = r.confirm(ctx, e, account)
	} else if e.hold.IsDoubtful() {
		r.hold(e, Hold{Why: doubtfulError(name, bridge.AsError(err))})
	}
	r.Note(bridge.SideX, name, r.now(), err)
	return err
}

// confirm remembers whose the keys are and lets the channel send, unless replies wait that were written for another
// account: then the hold stays.
func (r *Registry) confirm(ctx context.Context, e *entry, account bridge.Account) error {
	ch := e.now.Load()
	known := r.Account(ch.Name)
	if known.ID != "" && known.ID != account.ID {
		waiting, err := r.waitingReplies(ctx, ch.Name)
		if err != nil {
			r.hold(e, Hold{Why: doubtfulError(ch.Name, bridge.AsError(err))})
			return err
		}
		if waiting > 0 {
			why := StrangerError(ch.Name, known, account, waiting)
			r.hold(e, Hold{Why: why, Stranger: account})
			return why
		}
	}
	if err := r.remember(ctx, ch, account); err != nil {
		return err
	}
	r.letGo(ctx, e)
	return nil
}

// waitingReplies counts the replies that may still go out.
func (r *Registry) waitingReplies(ctx context.Context, channel string) (int, error) {
	counts, err := r.journal.Counts(ctx)
	n := 0
	for _, c := range counts {
		isOpen := c.State == bridge.Queued || c.State == bridge.Sending || c.State == bridge.Undecided
		if c.Channel == channel && c.Direction == bridge.Out && isOpen {
			n += c.N
		}
	}
	return n, err
}
