package xevents

import "slices"

type targetKey struct{ url, secret string }

// target is one webhook with what waits for it.
type target struct {
	targetKey
	queue   []unit
	held    *unit // comes after the next one
	workers int
	count   int
}

// unit is one event for one webhook.
type unit struct {
	event event
	tag   string
	// hook is the registration; nil for a way in set by hand.
	hook *Webhook
}

func ids(units []unit) []string {
	var list []string
	for _, u := range units {
		if !slices.Contains(list, u.event.id) {
			list = append(list, u.event.id)
		}
	}
	return list
}
