// Package xsealed is encrypted chat of the simulated X: whose public keys there are, the conversations with their keys and
// events, files, and the people who write and read.
//
// X itself sees what the real one sees: ciphertext, wrapped keys and signatures. Customers have private keys; what they
// write is encrypted and signed, and what they are sent they open and verify, so that a test can tell what a person reads
// (Chats.ChatRead). Whether a signature is right, and what a wrapped key or a message holds, is found out here by what the
// reference says and by crypto/… alone, so that perch/bridge/xchat is not judged by itself.
//
// Everything that X would refuse is a Refusal. Methods say when they want the State's lock held; all others take it.
package xsealed

import (
	"perch/bridge/sim/fault"
	"perch/bridge/sim/xevents"
)

// Chats are the encrypted conversations of an X. Make them with New.
type Chats struct {
	*xevents.Events
	base func() string
	// The State's lock is for these, too.
	options Options
	users   map[string]*user
	talks   map[string]*talk // by canonical id
	media   map[string]*Media
	last    int64 // the last version of a key
	told    int   // how many events were told, which decides the form of the next one's conversation id
}

// New makes an X on which nobody has set up encrypted chat. base gives X's address, without a path.
func New(events *xevents.Events, base func() string) *Chats {
	return &Chats{Events: events, base: base, users: map[string]*user{}, talks: map[string]*talk{}, media: map[string]*Media{}}
}

// Refusal is why X does not do what was asked for.
type Refusal struct {
	// Why, when set, is what no client should do, and Parameter where: 400.
	Why, Parameter string
	// Fault is the refusal of what a correct program can run into.
	Fault fault.Fault
}

func wrong(parameter, why string) *Refusal { return &Refusal{Why: why, Parameter: parameter} }

// Complaint writes down what no client should do, when it is found out only after X has taken it.
type Complaint func(format string, args ...any) string
