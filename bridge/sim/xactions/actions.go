// Package xactions is what a client can do in both versions of the simulated API, by the same rules: send a message or a
// post, upload a file, register a webhook, read a list by pages. A refusal has the form of the version that was called.
package xactions

import "perch/bridge/sim/xevents"

// Actions are what a client can do in either version of the API. Make them with NewActions.
type Actions struct {
	*xevents.Events
	// uploads are under the State's lock.
	uploads map[string]*Upload
}

// NewActions makes the actions of an X to which nothing was uploaded.
func NewActions(events *xevents.Events) *Actions { return &Actions{events, map[string]*Upload{}} }
