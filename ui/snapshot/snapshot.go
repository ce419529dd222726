// Package snapshot holds what the relay has told at one moment: everything that a page of the window is made of.
//
// It knows the control API and nothing of widgets or texts. It guarantees that a Data is not changed once it was handed
// over, and that a view of 100,000 messages with 1,000 new ones a second takes a few milliseconds. Store is
// owned by one goroutine; all else is pure.
package snapshot

import (
	"time"

	"perch/app/control"
	"perch/app/desk"
)

// Data is all that the pages are made of, at one moment. It is not changed once it was handed over.
type Data struct {
	Now time.Time
	// Asked is false until the relay was asked for the first time.
	Asked bool
	// Running is set when a relay answers; Status, Limits, Costs and URLs are its last answers.
	Running bool
	// Kept is set when no relay runs, or none that answers, and its journal is read instead: Status and the messages are as it has left them.
	Kept bool
	// Problem is why the relay's answers cannot be had although it may be running; nil for none.
	Problem *control.Failure
	// Doing is what the window is doing to the relay: "start", "stop", "restart"; "" for nothing.
	Doing  string
	Status control.Status
	Limits []control.Limit
	Costs  control.Costs
	URLs   []control.URLs
	// View is the part of the traffic that the filter lets through.
	View View
	// Attention are the dead and undecided messages, newest first.
	Attention []*control.Message
	// Minutes counts messages a minute.
	Minutes Counts
	// Last are the newest messages of each channel and direction.
	Last map[LastKey]Last
	// Host tells whether anything on this desktop shows tray icons, and Login whether Perch starts at login.
	Host, Login desk.Answer
}

// LastKey names a direction ("in" or "out") of a channel.
type LastKey struct{ Channel, Direction string }

// Last is when a message was received last, and when one was delivered last; zero for never.
type Last struct{ Received, Delivered time.Time }

// IsSilent reports whether a relay runs that cannot be asked.
func (d Data) IsSilent() bool { return d.Kept && d.Status.State == control.StateSilent }

// IsKnown reports whether a relay has told how things are; a relay that has stopped since may have.
func (d Data) IsKnown() bool { return d.Running || len(d.Status.Channels) > 0 }

// Waiting is how many messages are on their way.
func (d Data) Waiting() int {
	n := 0
	for _, c := range d.Status.Channels {
		n += c.Inbound.Queued + c.Outbound.Queued
	}
	return n
}

// NeedYou is how many messages wait for a person.
func (d Data) NeedYou() int {
	n := 0
	for _, c := range d.Status.Channels {
		n += c.Inbound.Dead + c.Outbound.Dead + c.Outbound.Undecided
	}
	return n
}
