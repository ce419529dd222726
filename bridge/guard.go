package bridge

import (
	"context"
	"time"
)

// guard says whether the keys that a channel works with are those of the account that the journal remembers. While
// they may not be, nothing goes to X: a reply must not go out from another account than the one it was written for.
type guard struct {
	// why says what is waited for; nil when nothing is.
	why *Error
	// stranger is whose the keys are instead; zero as long as X has not told.
	stranger Account
}

func (g guard) isDoubtful() bool { return g.why != nil && g.stranger.ID == "" }

// strangerRetry is the wait of what a guard holds up, unless the guard ends before.
const strangerRetry = time.Hour

// putOff is the error of what cannot be done as long as the guard holds; nil when it does not.
func (g guard) putOff(now time.Time) *Error {
	if g.why == nil {
		return nil
	}
	return &Error{
		Kind: Operator, Side: SidePerch, Op: opCheckKeys, Message: g.why.Message, Remedy: g.why.Remedy, Code: g.why.Code,
		RetryAt: now.Add(strangerRetry),
	}
}

// guarded returns the channel's guard of now.
func (s *slot) guarded() guard {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.guard
}

// begin returns what an attempt works with, and how far that may be trusted.
func (s *slot) begin() (*Channel, guard) {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.now.Load(), s.guard
}

// IsConfirmed reports whether the keys that a channel works with are known to be those of Account.
func (b *Bridge) IsConfirmed(channel string) bool {
	s := b.channels[channel]
	return s != nil && s.guarded().why == nil && b.Account(channel).ID != ""
}

// mustAsk reports whether keys may belong to another account than the one that the journal remembers.
func (b *Bridge) mustAsk(ch *Channel) bool {
	return b.accounts.get(ch.Name).ID != "" && (ch.Keys == "" || ch.Keys != b.accounts.keysOf(ch.Name))
}

// hold shuts the channel's lanes towards X. The caller holds the slot's turn.
func (b *Bridge) hold(s *slot, g guard) {
	s.guard = g
	b.gates.hold(g.why, b.now(), lanesToX(s.now.Load().Name)...)
}

// letGo ends a guard; what has waited for that goes at once. The caller holds the slot's turn.
func (b *Bridge) letGo(ctx context.Context, s *slot) {
	if s.guard.why == nil {
		return
	}
	s.guard = guard{}
	name := s.now.Load().Name
	b.gates.free(lanesToX(name)...)
	for _, lane := range LanesOf(name) {
		if err := b.journal.HastenMended(ctx, lane, b.now()); err != nil {
			b.log.Warn("hasten failed", keyLane, lane, keyError, err)
		}
	}
	signal(b.wake)
}

func lanesToX(channel string) []Lane {
	return []Lane{LaneOf(channel, Out, KindDM), LaneOf(channel, Out, KindReply)}
}

// answered takes in what X said when it was asked whose the keys are. The caller holds the slot's turn.
func (b *Bridge) answered(ctx context.Context, s *slot, account Account, err error) error {
	name := s.now.Load().Name
	if err == nil {
		err = b.confirm(ctx, s, account)
	} else if s.guard.isDoubtful() {
		b.hold(s, guard{why: doubtfulError(name, AsError(err))})
	}
	b.accounts.note(SideX, name, b.now(), err)
	return err
}

// confirm remembers whose the keys are and lets the channel send, unless replies wait that were written for another
// account: then the guard holds.
func (b *Bridge) confirm(ctx context.Context, s *slot, account Account) error {
	ch := s.now.Load()
	known := b.accounts.get(ch.Name)
	if known.ID != "" && known.ID != account.ID {
		waiting, err := b.waitingReplies(ctx, ch.Name)
		if err != nil {
			b.hold(s, guard{why: doubtfulError(ch.Name, AsError(err))})
			return err
		}
		if waiting > 0 {
			e := strangerError(ch.Name, known, account, waiting)
			b.hold(s, guard{why: e, stranger: account})
			return e
		}
	}
	if err := b.remember(ctx, ch, account); err != nil {
		return err
	}
	b.letGo(ctx, s)
	return nil
}

// waitingReplies counts the replies that may still go out.
func (b *Bridge) waitingReplies(ctx context.Context, channel string) (int, error) {
	counts, err := b.journal.Counts(ctx)
	n := 0
	for _, c := range counts {
		isOpen := c.State == Queued || c.State == Sending || c.State == Undecided
		if c.Channel == channel && c.Direction == Out && isOpen {
			n += c.N
		}
	}
	return n, err
}

// checkAddressee puts off a message for an account about which it is not settled whether the channel speaks for it.
// Once it is settled that it does not, the message is dead; a person may have it delivered all the same.
func (j *job) checkAddressee() error {
	user, own := j.d.Event.ForUser, j.accounts.get(j.d.Channel).ID
	p := &j.d.Progress
	switch {
	case user == "" || own == "" || user == own:
		p.Held = false
	case j.guard.why != nil && (j.guard.isDoubtful() || user == j.guard.stranger.ID):
		p.Held = true
		return heldError(j.d, j.now())
	case p.Held:
		return strangersMessageError(j.d)
	}
	return nil
}
