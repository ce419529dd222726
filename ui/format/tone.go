// Package format puts what the relay tells into words and numbers that every page of the window shares: times, sizes,
// handles, the state of a delivery and of the relay.
//
// It knows the control API and nothing of widgets. It guarantees that its functions are pure and that no text holds a
// secret.
package format

// Tone says how something is; the window gives it a colour.
type Tone int

// The tones.
const (
	Idle Tone = iota
	Busy
	Good
	Warn
	Bad
)
