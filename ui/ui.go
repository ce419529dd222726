// Package ui is Perch's window: what the admin sees and touches.
//
// It is a client of the control API like the tray and the command line, and guarantees that closing it, killing it or
// losing the display touches no message. It puts the window together: window is the frame, watch asks the relay and the
// desktop, and each page is a package of its own beside them, which makes rows of a snapshot and shows them. Nothing here
// imports fyne/app, so that all of it is tested without cgo and without a display.
package ui

import "perch/ui/window"

// Options are what a window is made of.
type Options = window.Options

// New returns a window that is not shown yet, with all pages.
func New(o Options) *window.Window { return window.New(o, Pages()) }

// Sections returns the names that Options.Section takes.
func Sections() []string {
	var names []string
	for _, p := range Pages() {
		names = append(names, p.Name)
	}
	return names
}
