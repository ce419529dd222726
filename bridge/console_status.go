package bridge

import "context"

// Status returns the snapshot of now. It fails only when ctx has ended: a journal in trouble is part of it.
func (c *Console) Status(ctx context.Context) (Status, error) {
	counts, err := c.journal.Counts(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return Status{}, ctx.Err()
		}
		counts = c.health.LastCounts()
	}
	s := Status{Paused: c.dispatcher.IsPaused(), Journal: c.health.Link()}
	for _, name := range c.accounts.Names() {
		s.Channels = append(s.Channels, c.channelStatus(name, counts))
	}
	return s, nil
}

func (c *Console) channelStatus(name string, counts []Count) ChannelStatus {
	out := ChannelStatus{Name: name, Account: c.accounts.Account(name), X: c.link(SideX, name), Motion: c.link(SideMotion, name)}
	for _, lane := range LanesOf(name) {
		if blocked, ok := c.breakers.Blocked(lane); ok && !blocked.Until.IsZero() {
			out.Blocked = append(out.Blocked, blocked)
		}
	}
	for _, n := range counts {
		if n.Channel != name || (n.Kind == KindNote && n.State == Delivered) {
			continue // Perch's own lines to agents are no customers' messages
		}
		tally := &out.In
		if n.Direction == Out {
			tally = &out.Out
		}
		tally.Add(n)
		if n.Kind == KindEncrypted {
			out.Encrypted += n.N
		}
	}
	if s := c.accounts.Hold(name).Stranger; s.ID != "" {
		now := FailureOf(StrangerError(name, out.Account, s, out.Out.Queued+out.Out.Undecided))
		out.X.Detail = now.Sentence()
	}
	return out
}

// link sums up a side: a breaker that has tripped tells more than the last answer.
func (c *Console) link(side Side, name string) Link {
	last := c.accounts.Last(side, name)
	link := Link{State: LinkUnknown, Since: last.At}
	if !last.At.IsZero() {
		link.State = LinkOK
	}
	if last.Failure != nil {
		link.State, link.Detail = LinkDegraded, last.Failure.Sentence()
		if last.Failure.Kind == RateLimited {
			link.State = LinkOK
		}
	}
	for _, lane := range LanesOf(name) {
		blocked, ok := c.breakers.Blocked(lane)
		if !ok || lane.Side() != side {
			continue
		}
		link.Since, link.Detail = blocked.Since, blocked.Failure.Sentence()
		switch blocked.Failure.Kind {
		case Operator:
			link.State = LinkPaused
			return link
		case RateLimited:
		default:
			link.State = LinkDegraded
		}
	}
	return link
}
