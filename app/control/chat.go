package control

import (
	"context"

	"perch/bridge"
)

// CodeFewGuesses is the code of the error of an attempt that was not carried on because few guesses are left.
const CodeFewGuesses = "chat/few-guesses"

// IsFewGuesses reports whether an attempt was not carried on because few guesses are left.
func IsFewGuesses(err error) bool { return bridge.CodeOf(err) == CodeFewGuesses }

// FewGuessesError is the error of such an attempt, in words.
func FewGuessesError(message, remedy string) *bridge.Error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Op: opUnlockChat, Code: CodeFewGuesses, Message: message, Remedy: remedy}
}

// FewGuesses is how many guesses of a PIN may be left for an attempt to be carried on only if somebody says so.
const FewGuesses = 3

// LeftUnknown stands for a number of guesses that nobody told.
const LeftUnknown = -1

// ChatBackend keeps the keys of channels' encrypted chat. channel may be empty where there is one only. Implementations are
// safe for concurrent use. Every error is a *bridge.Error; nothing is stored then. They never register, rotate or replace
// the account's keys at X.
type ChatBackend interface {
	// ImportChat stores the account's private keys as somebody pastes them, once X has told that they belong to the account.
	ImportChat(ctx context.Context, channel, pasted string) (ChatResult, error)
	// UnlockChat gets the keys back from their backup with the PIN, and stores them like ImportChat. It makes one attempt;
	// whether one goes on with FewGuesses left or fewer is confirm's to say, which may be nil for no. The relay cannot ask
	// in the middle of an attempt: Client calls confirm before it, with LeftUnknown. With an error too, Left of the result
	// is how many guesses are left, if that is known; the error says it in words.
	UnlockChat(ctx context.Context, channel, pin string, confirm func(left int) bool) (ChatResult, error)
	// CheckChat asks X whether the keys that are stored are still the account's.
	CheckChat(ctx context.Context, channel string) (ChatResult, error)
	// ForgetChat removes the keys, and what a running relay has kept of conversations. Keys that are not there are no error.
	ForgetChat(ctx context.Context, channel string) (ChatResult, error)
}

// ChatResult is what came of an act on the keys of encrypted chat. Nothing in it is secret.
type ChatResult struct {
	// Account is the handle, without "@".
	Account string `json:"account"`
	// Fingerprint is what people compare the keys by, Version which of the account's keys they are.
	Fingerprint string `json:"fingerprint"`
	Version     string `json:"version"`
	// CanSign is false for keys that only read.
	CanSign bool `json:"can_sign"`
	// Message says what was done or found, Remedy what is still to be done; it is empty mostly.
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
	// Left is how many guesses of the PIN are left; nil when that is not known or does not matter.
	Left *int `json:"left,omitempty"`
}

// Chat is the state of a channel's encrypted chat: "off", "ready", "read_only", "wrong_keys", "no_record", "needs_login" or
// "degraded".
type Chat struct {
	State string `json:"state"`
	// Detail says in words what is wrong and what to do; empty when nothing is.
	Detail string `json:"detail"`
	// Fingerprint is that of the keys; empty when there are none.
	Fingerprint string `json:"fingerprint"`
	// Conversations are those of which Perch has a key; Unreadable are messages that could not be opened.
	Conversations int `json:"conversations"`
	Unreadable    int `json:"unreadable"`
}

// IsOff reports whether there are no keys; a relay of an earlier version says nothing.
func (c Chat) IsOff() bool { return c.State == "" || c.State == bridge.ChatOff }

// NeedsLook reports whether keys were given that are of no use until a person does something.
func (c Chat) NeedsLook() bool {
	return c.State == bridge.ChatWrongKeys || c.State == bridge.ChatNoRecord || c.State == bridge.ChatNeedsLogin
}
