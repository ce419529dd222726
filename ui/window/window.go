// Package window is the frame of Perch's window: the navigation, the place for a page, notices and questions.
//
// It knows its pages by a table only and hands each the snapshot that package watch takes; what they share of the relay,
// the vault and the settings goes through it. It guarantees that closing it, killing it or losing the display touches no
// message, and that it never imports fyne/app, so that all of it is tested without cgo and without a display. Its methods
// are called on Fyne's thread.
package window

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/typeset"
	"perch/ui/watch"
)

// Window is the window. It belongs to Fyne's thread.
type Window struct {
	Options
	// Watch asks the relay, and does the pages' work in the background.
	Watch *watch.Watcher
	// Exact is Options.Relay with its words as it says them: what is exported is the same in every language.
	Exact Relay
	// NamesFiles is set where a person says where a file is to be: not in a browser.
	NamesFiles bool
	// Preferences are what the window and its pages remember.
	Preferences *Preferences
	// Data is the snapshot that is shown.
	Data snapshot.Data
	// Stored is what is set, as it was read last; IsKnown is false until it was.
	Stored  control.Settings
	IsKnown bool
	// VaultState is that of the vault, as it was asked for last.
	VaultState control.VaultState

	fyne    fyne.Window
	table   []Entry
	pages   map[string]Page
	current string
	painted map[string]string // the look in which a page that is not on screen was left
	theme   string
	fonts   *typeset.Fonts // nil for Fyne's own

	place   *fyne.Container // body, and the notice below it
	body    *fyne.Container
	items   map[string]*navItem
	state   *navState
	logo    *fyne.Container
	isDemo  bool // the window says that this is the demo
	notice  *kit.Notice
	kept    *kit.Notice // says on every page that the journal is shown because nothing runs
	above   fyne.CanvasObject
	restart *kit.Button   // that the notice offers
	until   time.Time     // when the notice goes away
	dialog  *widget.PopUp // the question that is open; nil for none
}

// Fyne returns Fyne's window.
func (w *Window) Fyne() fyne.Window { return w.fyne }

// Canvas is what the window is drawn on.
func (w *Window) Canvas() fyne.Canvas { return w.fyne.Canvas() }

// Current is the name of the page that is on screen.
func (w *Window) Current() string { return w.current }

// Entry is a page in the table of pages.
type Entry struct {
	// Name is that of the page in Options.Section, of its icon, and of its text in the navigation: "window." and the name.
	Name string
	New  func(w *Window) Page
}

// T returns a text.
func (w *Window) T(key string, args ...any) string { return w.Texts.T(key, args...) }

// Named returns what words a value by its key.
func (w *Window) Named(prefix string) func(string) string {
	return func(value string) string { return w.T(prefix + value) }
}
