package control

import (
	"cmp"
	"strings"
	"time"

	"perch/bridge"
)

// Kinds are what Message.Kind may be, in the order in which people choose.
func Kinds() []string { return texts(bridge.Kinds()) }

// Causes are the kinds of errors that a message can have failed with.
func Causes() []string {
	return texts([]bridge.Kind{bridge.Temporary, bridge.RateLimited, bridge.Operator, bridge.Rejected, bridge.Invalid, bridge.OutcomeUnknown})
}

// States are what Message.State may be, in the order in which people choose.
func States() []string { return texts(bridge.States()) }

// Directions are what Message.Direction may be.
func Directions() []string { return texts([]bridge.Direction{bridge.In, bridge.Out}) }

func texts[T ~string](list []T) []string {
	all := make([]string, 0, len(list))
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

// idAtX is a message's id as X or its sender has given it. The journal adds the sender to some that senders have chosen.
func idAtX(d *bridge.Delivery) string {
	if d.Direction != bridge.In || d.PeerID == "" {
		return d.XID
	}
	return strings.Replace(d.XID, "~"+d.PeerID, "", 1)
}

// FromDelivery makes the message that people see of a delivery.
func FromDelivery(d *bridge.Delivery) Message {
	m := Message{
		ID: d.ID, Channel: d.Channel, Direction: string(d.Direction), Kind: string(d.Kind), State: string(d.State),
		Attempts: d.Attempts, ReceivedAt: d.ReceivedAt, DeliveredAt: orNil(d.DeliveredAt), From: d.From, To: d.To, Text: d.Text,
		Media: []Media{}, XID: idAtX(d), MotionID: d.MotionID, ThreadID: d.ThreadID, Parent: d.Parent,
		PersonID: d.PeerID, IsRefused: d.Progress.Refused,
	}
	if d.Reply != nil {
		m.Command = string(d.Reply.Command)
	}
	if d.State == bridge.Queued || d.State == bridge.Undecided {
		m.DueAt = orNil(d.DueAt)
	}
	for _, f := range d.Media {
		m.Media = append(m.Media, Media(f))
	}
	if d.Failure != nil {
		m.Error = &Failure{Kind: string(d.Failure.Kind), Message: d.Failure.Message, Remedy: d.Failure.Remedy}
	}
	return m
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func fromAttempt(a bridge.Attempt) Attempt {
	return Attempt{
		Number: a.Number, At: a.At, TookMS: float64(a.Took.Microseconds()) / 1000, Outcome: string(a.Outcome),
		Kind: string(a.Kind), Code: a.Code, Message: a.Message,
	}
}

func fromChannel(c bridge.ChannelStatus) Channel {
	out := Channel{
		Name: c.Name, Account: c.Account.Handle, X: fromLink(c.X), Motion: fromLink(c.Motion), Encrypted: c.Encrypted,
		Inbound:  Inbound{Queued: c.In.Queued, Delivered: c.In.Delivered, Dead: c.In.Dead, OldestWaitingAt: orNil(c.OldestIn)},
		Outbound: Outbound{Queued: c.Out.Queued, Delivered: c.Out.Delivered, Undecided: c.Out.Undecided, Dead: c.Out.Dead, OldestWaitingAt: orNil(c.OldestOut)},
		Blocked:  []Blocked{}, Chat: fromChat(c.Chat),
	}
	for _, b := range c.Blocked {
		out.Blocked = append(out.Blocked, Blocked{
			Queue: strings.TrimPrefix(string(b.Lane), c.Name+"/"), Kind: string(b.Failure.Kind), Cause: b.Failure.Message, Until: b.Until,
		})
	}
	return out
}

// FromChannel makes what people see of a channel.
func FromChannel(c bridge.ChannelStatus) Channel { return fromChannel(c) }

func fromChat(c bridge.ChatStatus) Chat {
	return Chat{
		State: cmp.Or(c.State, bridge.ChatOff), Detail: c.Detail, Fingerprint: c.Fingerprint, Conversations: c.Conversations,
		Unreadable: c.Unreadable,
	}
}

func fromLink(l bridge.Link) Link {
	return Link{State: l.State, Detail: l.Detail, Since: orNil(l.Since), Failure: fromFailure(l.Failure), RetryAt: orNil(l.RetryAt), IsUnreached: l.IsUnreached}
}

func fromFailure(f *bridge.Failure) *Failure {
	if f == nil {
		return nil
	}
	return &Failure{Kind: string(f.Kind), Message: f.Message, Remedy: f.Remedy}
}

// withKeysWaiting adds that there are stored keys which the relay does not use: after a restart it would. Another trouble of
// the side comes first.
func withKeysWaiting(l Link, why *bridge.Error) Link {
	const said = "keys that were stored since are not in use: "
	if l.State == bridge.LinkOK || l.State == bridge.LinkUnknown {
		l.State, l.RetryAt = bridge.LinkDegraded, orNil(why.RetryAt)
		l.Failure = &Failure{Kind: string(why.Kind), Message: said + why.Message, Remedy: why.Remedy}
	}
	if l.Detail != "" {
		l.Detail = strings.TrimSuffix(l.Detail, ".") + ". "
	}
	l.Detail += strings.ToUpper(said[:1]) + said[1:] + why.Message + "; " + why.Remedy
	return l
}

// Filter is the query as the journal wants it.
func (q Query) Filter() bridge.Filter {
	return bridge.Filter{
		Channel: q.Channel, Direction: bridge.Direction(q.Direction), Kind: bridge.MessageKind(q.Kind), State: bridge.State(q.State),
		Search: q.Search, Before: q.Before, After: q.After, Since: q.Since, Until: q.Until, Limit: q.Limit,
	}
}

// Matches reports whether a message is one that the query selects; the bounds of the id do not count.
func (q Query) Matches(m Message) bool {
	switch {
	case q.Channel != "" && q.Channel != m.Channel,
		q.Direction != "" && q.Direction != m.Direction,
		q.Kind != "" && q.Kind != m.Kind,
		q.State != "" && q.State != m.State,
		!q.Since.IsZero() && m.ReceivedAt.Before(q.Since),
		!q.Until.IsZero() && !m.ReceivedAt.Before(q.Until):
		return false
	}
	if q.Search == "" {
		return true
	}
	needle := strings.ToLower(q.Search)
	for _, hay := range []string{m.Text, "@" + m.From, "@" + m.To, m.XID, m.MotionID, m.ThreadID} {
		if strings.Contains(strings.ToLower(hay), needle) {
			return true
		}
	}
	return false
}

func fromCall(c bridge.Call) Document {
	body := c.Body
	if c.IsForm {
		body = formAsJSON(body)
	}
	d := newDocument(c.Method+" "+hideInString(c.URL), body)
	d.IsForm = c.IsForm
	return d
}

// setTrace adds both sides to a message.
func (d *Detail) setTrace(t bridge.Trace) {
	if t.Received != nil {
		came := newDocument("", t.Received.Body)
		d.Received = &came
		if d.Parent == 0 { // a file on its own came later than the post that it is of
			d.StoredAt = orNil(t.Received.KeptAt)
		}
	}
	d.Calls = []Document{}
	for _, c := range t.Calls {
		d.Calls = append(d.Calls, fromCall(c))
	}
}
