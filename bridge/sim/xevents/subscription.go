package xevents

import (
	"encoding/json"
	"slices"

	"perch/bridge/sim/xstate"
)

// Subscribe adds a subscription. The caller holds the lock.
func (x *Events) Subscribe(s *Subscription) {
	s.ID = x.NewID()
	x.subscriptions = append(x.subscriptions, s)
}

// Unsubscribe forgets a subscription. The caller holds the lock.
func (x *Events) Unsubscribe(s *Subscription) {
	x.subscriptions = slices.DeleteFunc(x.subscriptions, func(other *Subscription) bool { return other == s })
}

// IsSubscribed reports whether there is a subscription to the same already. The caller holds the lock.
func (x *Events) IsSubscribed(s *Subscription) bool {
	return slices.ContainsFunc(x.subscriptions, s.isSame)
}

// CountSubscriptions returns how many there are, of all apps. The caller holds the lock.
func (x *Events) CountSubscriptions() int { return len(x.subscriptions) }

// SubscriptionsOf returns those of an app, in the order in which they were made. The caller holds the lock.
func (x *Events) SubscriptionsOf(a *xstate.App) []*Subscription {
	var own []*Subscription
	for _, s := range x.subscriptions {
		if s.App == a {
			own = append(own, s)
		}
	}
	return own
}

// Subscriptions returns the activity subscriptions, in the order in which they were made.
func (x *Events) Subscriptions() []Subscription {
	x.Lock()
	defer x.Unlock()
	var list []Subscription
	for _, s := range x.subscriptions {
		list = append(list, *s)
	}
	return list
}

// publishActivity tells an event to the webhooks and streams that are subscribed to it. The caller holds the lock.
func (x *Events) publishActivity(e event, a *xstate.Account) {
	owner := x.App(a.ConsumerKey)
	for _, s := range x.subscriptions {
		if s.App != owner || s.EventType != e.kind || (s.UserID != e.user && s.UserID != "") {
			continue
		}
		if s.Hook != nil {
			x.enqueue(x.target(s.Hook.URL, owner.Secret), unit{event: e, tag: s.Tag, hook: s.Hook})
		}
		x.broadcast(owner, json.RawMessage(body([]event{e}, s.Tag)))
	}
}
