package overview

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/format"
	"perch/ui/pause"
)

// menuGap lies between the buttons and the menu below them.
const menuGap = 4

// onPause pauses without an end, or resumes.
func (o *page) onPause() {
	if o.win.Data.Status.State == "paused" {
		o.win.Perform(o.win.Relay.Resume, "window.done.resume")
		return
	}
	o.pauseOpen()
}

// pauseOpen pauses until somebody resumes, also in the place of a pause that would end by itself.
func (o *page) pauseOpen() { o.win.Perform(o.win.Relay.Pause, "window.done.pause") }

// pauseFor pauses for a time, in the place of a pause that there is.
func (o *page) pauseFor(d time.Duration) {
	win := o.win
	var until time.Time
	win.Watch.Do(func(ctx context.Context) (err error) {
		until, err = win.Relay.PauseFor(ctx, d)
		return err
	}, func(err error) {
		win.Watch.Poke()
		if !win.ShowError(err) {
			win.Notify(format.Good, win.T("window.done.pause.until", format.ShortClock(until, win.Now(), win.Texts)), "")
		}
	})
}

// onPauseMenu opens the choice of how long to pause, below the buttons.
func (o *page) onPauseMenu() {
	widget.ShowPopUpMenuAtRelativePosition(fyne.NewMenu("", o.pauses()...), o.win.Canvas(), fyne.NewPos(0, o.pause.Size().Height+menuGap), o.pause)
}

// pauses are the times to choose from.
func (o *page) pauses() (items []*fyne.MenuItem) {
	for _, l := range pause.Lengths() {
		items = append(items, fyne.NewMenuItem(o.win.T("window.do.pause.for", o.win.T(l.Key)), func() { o.pauseFor(l.For) }))
	}
	return append(items, fyne.NewMenuItem(o.win.T("window.do.pause.open"), o.pauseOpen))
}
