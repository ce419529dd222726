package console

import (
	"context"

	"perch/bridge"
	"perch/bridge/account"
)

// Status returns the snapshot of now. It fails only when ctx has ended: a journal in trouble is part of it.
func (c *Console) Status(ctx context.Context) (bridge.Status, error) {
	counts, err := c.journal.Counts(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return bridge.Status{}, ctx.Err()
		}
		counts = c.health.LastCounts()
	}
	s := bridge.Status{Journal: c.health.Link()}
	s.Paused, s.PausedUntil = c.dispatcher.Paused()
	for _, name := range c.accounts.Names() {
		s.Channels = append(s.Channels, c.channelStatus(ctx, name, counts))
	}
	return s, nil
}

func (c *Console) channelStatus(ctx context.Context, name string, counts []bridge.Count) bridge.ChannelStatus {
	out := bridge.ChannelStatus{Name: name, Account: c.accounts.Account(name), X: c.link(bridge.SideX, name), Motion: c.link(bridge.SideMotion, name)}
	for _, lane := range bridge.LanesOf(name) {
		if blocked, ok := c.breakers.Blocked(lane); ok && !blocked.Until.IsZero() {
			out.Blocked = append(out.Blocked, blocked)
		}
	}
	out.In, out.Out, out.Encrypted = bridge.TallyOf(name, counts)
	out.OldestIn, _ = c.journal.OldestWaiting(ctx, name, bridge.In) // its trouble is the journal's, which is told of already
	out.OldestOut, _ = c.journal.OldestWaiting(ctx, name, bridge.Out)
	if out.Chat = c.chats.Status(ctx, name); out.Chat.State != bridge.ChatOff {
		out.Chat.Unreadable = out.Encrypted
	}
	if s := c.accounts.Hold(name).Stranger; s.ID != "" {
		now := bridge.FailureOf(account.StrangerError(name, out.Account, s, out.Out.Queued+out.Out.Undecided))
		out.X.Detail, out.X.Failure = now.Sentence(), &now
	}
	return out
}

// link sums up a side: a breaker that has tripped tells more than the last answer.
func (c *Console) link(side bridge.Side, name string) bridge.Link {
	last := c.accounts.Last(side, name)
	link := bridge.Link{State: bridge.LinkUnknown, Since: last.At, IsUnreached: !last.IsReached}
	if !last.At.IsZero() {
		link.State = bridge.LinkOK
	}
	if last.Failure != nil {
		link.State, link.Detail = bridge.LinkOK, last.Failure.Sentence()
		if last.Failure.Kind != bridge.RateLimited {
			link.State, link.Failure = bridge.LinkDegraded, last.Failure
		}
	}
	for _, lane := range bridge.LanesOf(name) {
		blocked, ok := c.breakers.Blocked(lane)
		if !ok || lane.Side() != side {
			continue
		}
		link.Since, link.Detail = blocked.Since, blocked.Failure.Sentence()
		if blocked.Failure.Kind == bridge.RateLimited {
			continue
		}
		link.State, link.Failure, link.RetryAt = bridge.LinkDegraded, &blocked.Failure, blocked.Until
		if blocked.Failure.Kind == bridge.Operator {
			link.State = bridge.LinkPaused
			return link
		}
	}
	return link
}
