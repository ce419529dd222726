package alert

import (
	"slices"
	"time"
)

// Useful is how long after it was made a notice is still tried; later it helps nobody.
const Useful = 24 * time.Hour

// Next returns the oldest notice that a place is to get, and when it is due: those of a place go out in their order. It is
// false when there is none. In quiet hours only what is urgent goes out, and it passes the others.
func (b *Book) Next(now time.Time, p Place) (Notice, time.Time, bool) {
	isQuiet := p.Quiet.Holds(now)
	for _, n := range b.state.Notices {
		if n.Place == p.Name && (!isQuiet || n.IsUrgent()) {
			return n, n.Due, true
		}
	}
	return Notice{}, time.Time{}, false
}

// Waiting counts the notices that a place is to get.
func (b *Book) Waiting(place string) (n int) {
	for _, one := range b.state.Notices {
		if one.Place == place {
			n++
		}
	}
	return n
}

// IsSending reports whether a place is still to get what is told of a cause.
func (s State) IsSending(place, key string) bool {
	return slices.ContainsFunc(s.Notices, func(n Notice) bool {
		return n.Place == place && slices.ContainsFunc(n.Items, func(i Item) bool { return i.Key == key })
	})
}

// Sent forgets a notice that has arrived, or that is not tried any more.
func (b *Book) Sent(id int64) {
	b.state.Notices = slices.DeleteFunc(b.state.Notices, func(n Notice) bool { return n.ID == id })
}

// Failed notes that a notice could not be sent, and when it is tried again.
func (b *Book) Failed(id int64, again time.Time, problem string) {
	at := slices.IndexFunc(b.state.Notices, func(n Notice) bool { return n.ID == id })
	if at < 0 {
		return
	}
	n := &b.state.Notices[at]
	n.Tries, n.Due, n.Problem = n.Tries+1, again, problem
}

// Hasten makes all notices due now: somebody has changed how they are sent.
func (b *Book) Hasten(now time.Time) {
	for i := range b.state.Notices {
		b.state.Notices[i].Due = now
	}
}

// Enrich adds to the items of a notice who wrote and what.
func (b *Book) Enrich(id int64, messagesOf func(Item) []string) {
	at := slices.IndexFunc(b.state.Notices, func(n Notice) bool { return n.ID == id })
	if at < 0 {
		return
	}
	items := slices.Clone(b.state.Notices[at].Items)
	for i := range items {
		if items[i].State != Solved {
			items[i].Messages = messagesOf(items[i])
		}
	}
	b.state.Notices[at].Items = items
}
