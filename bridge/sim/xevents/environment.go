package xevents

import (
	"slices"

	"perch/bridge/sim/xstate"
)

// WatchAccount adds a subscription. The caller holds the lock.
func (x *Events) WatchAccount(s AccountSubscription) { x.legacy = append(x.legacy, s) }

// UnwatchAccount forgets a subscription. The caller holds the lock.
func (x *Events) UnwatchAccount(s AccountSubscription) {
	x.legacy = slices.DeleteFunc(x.legacy, func(other AccountSubscription) bool { return other == s })
}

// IsWatched reports whether there is the subscription. The caller holds the lock.
func (x *Events) IsWatched(s AccountSubscription) bool { return slices.Contains(x.legacy, s) }

// Watched returns the subscriptions of an app. The caller holds the lock.
func (x *Events) Watched(a *xstate.App) []AccountSubscription {
	var own []AccountSubscription
	for _, s := range x.legacy {
		if s.App == a {
			own = append(own, s)
		}
	}
	return own
}

// publishLegacy tells an event to the webhooks of the environments that watch the account. The caller holds the lock.
func (x *Events) publishLegacy(e event) {
	for _, s := range x.legacy {
		if s.UserID != e.user {
			continue
		}
		for _, hook := range x.WebhooksOf(s.App, s.Environment) {
			x.enqueue(x.target(hook.URL, s.App.Secret), unit{event: e, hook: hook})
		}
	}
}
