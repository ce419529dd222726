// Package fault lets calls fail in every way that X documents, before or after they were carried out, in the form of
// API v2 or v1.1.
//
// A fault strikes as many calls as it says and leaves all others alone. Faults know nothing of what they strike.
package fault

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Fault is something that goes wrong at X. The zero value of each field changes nothing: a Fault with only a Delay
// delays a call that then succeeds.
type Fault struct {
	// Endpoint is what it strikes: "dm.send", "post.create", "users.me", "users.by_handle", "users.id", "media.upload",
	// "media.status", "media.get", "dm.events", "posts.own", "posts.get", "posts.hide", "mentions", "webhooks", "subscriptions",
	// "activity.subscriptions", "activity.stream", "oauth2.token"; of encrypted chat "chat.public_keys", "chat.conversations",
	// "chat.events", "chat.keys", "chat.send", "chat.read", "chat.typing", "chat.delete", "chat.media.upload", "chat.media"; of
	// logins "oauth2.authorize", "oauth2.user_token"; "" is any.
	Endpoint string
	// Status is the answer's; 0 leaves the call alone.
	Status int
	// Code makes a v1.1 error, the others a v2 problem; with both, the family that was called decides.
	Code                        int
	Title, Detail, Type, Reason string
	Header                      map[string]string
	// RawBody is sent as it is in place of an error body.
	RawBody string
	// Delay passes before the call is carried out, with After once it was.
	Delay time.Duration
	// Times is how many calls it strikes; 0 means every one until ClearFaults.
	Times int
	// After carries the call out first, and then answers as the fault says. A call that X refuses is not changed.
	After bool
	// Drop closes the connection without an answer.
	Drop bool
	// Percent strikes only that share of the calls, by chance; 0 means all.
	Percent int
}

// List are the faults that are set. The zero value is none.
type List struct {
	mu   sync.Mutex
	list []*Fault
}

// Add sets one more fault; those set before go first.
func (f *List) Add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
}

// Clear ends all faults.
func (f *List) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// Next returns the fault that strikes a call of the endpoint now, before or after it is carried out; nil for none.
func (f *List) Next(endpoint string, after bool) *Fault {
	return f.NextFunc(after, func(of string) bool { return of == "" || of == endpoint })
}

// NextFunc is Next for endpoints that are told by more than their name.
func (f *List) NextFunc(after bool, strikes func(endpoint string) bool) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.list {
		if fault.After != after || !strikes(fault.Endpoint) || !chance(fault.Percent) {
			continue
		}
		found := *fault
		if fault.Times > 0 {
			if fault.Times--; fault.Times == 0 {
				f.list = append(f.list[:i:i], f.list[i+1:]...)
			}
		}
		return &found
	}
	return nil
}

func chance(percent int) bool {
	return percent <= 0 || rand.IntN(100) < percent //nolint:gosec // no secret hangs on it
}
