// Package uitest is a relay and settings that exist in memory only: for tests of the window and for pictures of it.
package uitest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"perch/app/control"
)

// Relay answers like a relay with one channel that is busy and mostly well. It is safe for concurrent use.
type Relay struct {
	mu        sync.Mutex
	now       func() time.Time
	status    control.Status
	limits    []control.Limit
	costs     control.Costs
	messages  []control.Message // in the order of their ids
	readers   map[chan control.Message]bool
	acts      []string
	files     func(ctx context.Context, id int64, n int) (control.File, error)
	isStopped bool
	editErr   error
	isKept    bool   // its journal is read while it is stopped
	inMotion  string // the Reply URL that Motion has
	isMute    bool   // Motion does not tell its Reply URL
	made      control.BackupMade
	madeErr   error
	alertTest control.AlertTest
	alertErr  error
}

// New returns a relay with some traffic in the hour before now.
func New(now func() time.Time) *Relay {
	r := &Relay{now: now, readers: map[chan control.Message]bool{}}
	started := now().Add(-3*time.Hour - 12*time.Minute)
	since, proof := now().Add(-52*time.Minute), now().Add(-11*time.Second)
	r.status = control.Status{
		State: control.StateRunning, Listen: "127.0.0.1:3002", Version: "0.1.0", Started: &started, PID: 4711,
		Reach:   control.Reach{Mode: "webhook", PublicURL: "https://perch.acme.example/api/messages", State: "connected", LastProof: &proof},
		Journal: control.Link{State: "connected", Since: &started},
		Channels: []control.Channel{{
			Name: "support", Account: "acme_support", X: control.Link{State: "connected", Since: &since},
			Motion: control.Link{State: "connected", Since: &since}, Chat: control.Chat{State: "off"}, Blocked: []control.Blocked{},
		}},
	}
	r.limits, r.costs = Limits(now()), Costs()
	for _, m := range Messages(now()) {
		r.put(m)
	}
	return r
}

// SetStopped makes the relay behave as if it did not run.
func (r *Relay) SetStopped(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isStopped = on
}

// FailEdits makes every change of a reply fail; nil ends that.
func (r *Relay) FailEdits(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.editErr = err
}

// Calm takes away the messages that wait for a person.
func (r *Relay) Calm() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = slices.DeleteFunc(r.messages, func(m control.Message) bool { return m.State == "dead" || m.State == "undecided" })
}

// Change alters the status; what follows from it is judged anew.
func (r *Relay) Change(change func(*control.Status)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.status)
}

// Acts returns what was done to messages, as "retry 7".
func (r *Relay) Acts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.acts)
}

// SetKept makes it stopped, with a journal that is read in its place.
func (r *Relay) SetKept(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isStopped, r.isKept = on, on
}

// readable is nil when what is kept can be had, from the relay or from its journal.
func (r *Relay) readable() error {
	if r.isKept {
		return nil
	}
	return r.running()
}

func (r *Relay) running() error {
	if r.isStopped {
		return fmt.Errorf("talk to the relay: %w", control.ErrNotRunning)
	}
	return nil
}

// Status implements window.Reading.
func (r *Relay) Status(context.Context) (control.Status, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.status
	s.Channels = slices.Clone(s.Channels)
	c := &s.Channels[0]
	c.Inbound, c.Outbound = control.Inbound{Delivered: 1204}, control.Outbound{Delivered: 987}
	for _, m := range r.messages {
		isIn := m.Direction == "in"
		switch m.State {
		case "queued", "sending":
			if isIn {
				c.Inbound.Queued++
			} else {
				c.Outbound.Queued++
			}
		case "delivered":
			if isIn {
				c.Inbound.Delivered++
			} else {
				c.Outbound.Delivered++
			}
		case "dead":
			if isIn {
				c.Inbound.Dead++
			} else {
				c.Outbound.Dead++
			}
		case "undecided":
			c.Outbound.Undecided++
		}
	}
	if r.isKept && r.isStopped {
		at := r.now().Add(-7 * time.Minute)
		s.State, s.StoppedAt, s.Started, s.PID = control.StateStopped, &at, nil, 0
		s.Channels[0].X, s.Channels[0].Motion = control.Link{State: "unknown"}, control.Link{State: "unknown"}
	}
	return s.Judged(r.now()), r.readable()
}

// Minutes implements watch.Relay.
func (r *Relay) Minutes(context.Context) ([]control.Minute, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []control.Minute
	for _, m := range r.messages {
		at := m.ReceivedAt.Truncate(time.Minute)
		i, found := slices.BinarySearchFunc(list, at, func(m control.Minute, at time.Time) int { return m.At.Compare(at) })
		if !found {
			list = slices.Insert(list, i, control.Minute{At: at})
		}
		if m.Direction == "out" {
			list[i].Out++
		} else {
			list[i].In++
		}
	}
	return list, r.readable()
}

// Limits implements window.Reading.
func (r *Relay) Limits(context.Context) ([]control.Limit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.limits, r.running()
}

// Costs implements window.Reading.
func (r *Relay) Costs(context.Context, control.CostQuery) (control.Costs, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.costs, r.running()
}

// SetCosts makes the relay tell other costs.
func (r *Relay) SetCosts(c control.Costs) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.costs = c
}

// URLs implements window.Reading.
func (r *Relay) URLs(context.Context) ([]control.URLs, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return []control.URLs{{
		Channel: "support", ReplyURL: replyURL,
		WebhookURL: "https://perch.acme.example/api/messages",
	}}, r.running()
}

func (r *Relay) put(m control.Message) {
	at, found := slices.BinarySearchFunc(r.messages, m.ID, func(m control.Message, id int64) int { return cmp.Compare(m.ID, id) })
	if found {
		r.messages[at] = m
		return
	}
	r.messages = slices.Insert(r.messages, at, m)
}

// replyURL is that of the one channel.
const replyURL = "http://10.20.0.5:3002/reply/EXAMPLE0TOKEN0OF0THE0REPLY0URL"
