// Package setup leads through the set-up: X's keys, Motion's account, how events and answers come in, and a message that
// goes all the way round.
//
// It guarantees that leaving and coming back goes on where it was, that no secret is kept but in its store, and that what
// was changed elsewhere since the set-up began stays.
package setup

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// page leads through the set-up. Secrets go straight into their store; all else is kept in the window's preferences until
// the end, so that leaving and coming back continues where it was.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about   *kit.Text
	steps   *fyne.Container
	place   *fyne.Container
	scroll  *container.Scroll
	outcome *kit.Notice
	back    *kit.Button
	next    *kit.Button

	draft   draft
	typed   map[string]string // secrets that are not stored yet
	checked bool              // what this step asks for was tried and is right
	isBusy  bool
	isDemo  bool               // the first step says that this is the demo
	begun   time.Time          // when the set-up was saved, for the round trip
	vault   *window.Passphrase // while the passphrase is asked for; nil otherwise
	table   [stepCount]step
	unlock  step        // comes before the first secret, where the vault is not open
	instead *kit.Button // offers the vault where the keyring does not work
	isBuilt bool
	first   fyne.Focusable      // of the step that is shown; nil for none
	render  func(snapshot.Data) // shows a snapshot on the step that is shown; nil where it shows none
}

func (w *page) channel() *control.ChannelConfig { return &w.draft.Config.Channels[0] }

// step is one step of the set-up.
type step struct {
	// content makes what is shown of it.
	content func() fyne.CanvasObject
	// next is what the button at its foot does.
	next func()
}

// saveDraft writes the draft down.
func (w *page) saveDraft() {
	w.win.Preferences.Set(prefDraft, w.draft)
	_ = w.win.Preferences.Save() // a window that cannot remember works all the same
}

// forgetDraft drops the draft: what was answered is in perch.toml, and must not be written over what is changed there later.
func (w *page) forgetDraft() {
	w.win.Preferences.Set(prefDraft, nil)
	_ = w.win.Preferences.Save() // a window that cannot remember works all the same
}
