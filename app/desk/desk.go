// Package desk is what Perch's programs ask of the desktop that they run on: is there a display, does anything show tray
// icons, where are Perch's other programs, and what starts when the user logs in.
//
// It guarantees that every question ends in bounded time, that it starts no daemon (a message bus that is not there is
// not brought up), and that what people read in errors is a sentence with what to do. Windows and macOS always have a
// display and a place for icons. It needs neither cgo nor a toolkit.
package desk

// Answer is what can be said to a question. Callers go on as with Yes where it cannot be told.
type Answer string

// The answers.
const (
	Unknown Answer = ""
	Yes     Answer = "yes"
	No      Answer = "no"
)
