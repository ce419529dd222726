package bridge

import (
	"context"
	"time"
)

// The states of a link, for people.
const (
	LinkUnknown  = "unknown"
	LinkOK       = "connected"
	LinkDegraded = "degraded"
	LinkPaused   = "paused"
)

// Link is how the connection to one side of a channel is.
type Link struct {
	State string
	// Detail says in words what is wrong and what to do; empty when nothing is.
	Detail string
	// Since is when it was last asked or went wrong; zero for never.
	Since time.Time
}

// Tally counts the messages of one direction.
type Tally struct{ Queued, Delivered, Undecided, Dead int }

// ChannelStatus is a channel as people see it.
type ChannelStatus struct {
	Name      string
	Account   Account
	X, Motion Link
	In, Out   Tally
	Encrypted int
	Blocked   []Blocked
}

// Status is a snapshot of everything that people ask about.
type Status struct {
	Paused bool
	// Journal is how the journal is. While it cannot be read, the counts are the last that could be.
	Journal  Link
	Channels []ChannelStatus
}

// Status returns the snapshot of now. It fails only when ctx has ended: a journal in trouble is part of it.
func (b *Bridge) Status(ctx context.Context) (Status, error) {
	counts, err := b.journal.Counts(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return Status{}, ctx.Err()
		}
		counts = b.health.lastCounts()
	}
	s := Status{Paused: b.paused.Load(), Journal: b.health.Link()}
	for _, name := range b.order {
		s.Channels = append(s.Channels, b.channelStatus(name, counts))
	}
	return s, nil
}

// Degraded reports whether the journal or any side of any channel is in trouble.
func (s Status) Degraded() bool {
	if s.Journal.State == LinkDegraded {
		return true
	}
	for _, c := range s.Channels {
		if c.X.State == LinkDegraded || c.X.State == LinkPaused || c.Motion.State == LinkDegraded || c.Motion.State == LinkPaused {
			return true
		}
	}
	return false
}

func (b *Bridge) channelStatus(name string, counts []Count) ChannelStatus {
	c := ChannelStatus{Name: name, Account: b.accounts.get(name), X: b.link(SideX, name), Motion: b.link(SideMotion, name)}
	for _, lane := range LanesOf(name) {
		if shut, ok := b.gates.shut(lane); ok && !shut.Until.IsZero() {
			c.Blocked = append(c.Blocked, shut)
		}
	}
	for _, n := range counts {
		if n.Channel != name || (n.Kind == KindNote && n.State == Delivered) {
			continue // Perch's own lines to agents are no customers' messages
		}
		tally := &c.In
		if n.Direction == Out {
			tally = &c.Out
		}
		tally.add(n)
		if n.Kind == KindEncrypted {
			c.Encrypted += n.N
		}
	}
	if s := b.channels[name].guarded().stranger; s.ID != "" {
		now := failureFrom(strangerError(name, c.Account, s, c.Out.Queued+c.Out.Undecided))
		c.X.Detail = now.sentence()
	}
	return c
}

func (t *Tally) add(n Count) {
	switch n.State {
	case Queued, Sending:
		t.Queued += n.N
	case Delivered:
		t.Delivered += n.N
	case Undecided:
		t.Undecided += n.N
	case Dead:
		t.Dead += n.N
	case Discarded:
	}
}

// link sums up a side: a closed gate tells more than the last answer.
func (b *Bridge) link(side Side, name string) Link {
	last := b.accounts.state(side, name)
	link := Link{State: LinkUnknown, Since: last.at}
	if !last.at.IsZero() {
		link.State = LinkOK
	}
	if last.failure != nil {
		link.State, link.Detail = LinkDegraded, last.failure.sentence()
		if last.failure.Kind == RateLimited {
			link.State = LinkOK
		}
	}
	for _, lane := range LanesOf(name) {
		shut, ok := b.gates.shut(lane)
		if !ok || lane.Side() != side {
			continue
		}
		link.Since, link.Detail = shut.Since, shut.Failure.sentence()
		switch shut.Failure.Kind {
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

// MayAskMotion reports whether a look into Motion with a channel's credentials can do no harm: Motion has been asked
// with them before and does not refuse them, as far as is known. Motion locks users after some refusals.
func (b *Bridge) MayAskMotion(channel string) bool {
	last := b.accounts.state(SideMotion, channel)
	if last.at.IsZero() || (last.failure != nil && last.failure.Kind == Operator) {
		return false
	}
	for _, lane := range LanesOf(channel) {
		if shut, ok := b.gates.shut(lane); ok && lane.Side() == SideMotion && shut.Failure.Kind == Operator {
			return false
		}
	}
	return true
}
