package overview

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/pause"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// chooses opens the menu of pauses with the keyboard and takes the item that so many steps down lead to.
func chooses(r *rig.Rig, p *page, steps int) {
	r.Canvas().Focus(p.pauseMenu)
	keys := []fyne.KeyName{fyne.KeySpace}
	for range steps {
		keys = append(keys, fyne.KeyDown)
	}
	for _, key := range append(keys, fyne.KeyReturn) {
		r.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
	}
	r.Settle()
	r.Refresh()
}

func TestPauseForATimeIsChosenByKeyboard(t *testing.T) {
	r, p := mustPage(t, nil)
	chooses(r, p, 1)
	r.MustSee("Deliveries are paused until 15:19.", "until 15:19", "Resume")
	chooses(r, p, 3) // a pause takes the place of another
	r.MustSee("Deliveries are paused until 16:04.", "goes out in order at 16:04:05 by itself")
	chooses(r, p, len(pause.Lengths())+1)
	r.MustSee("Deliveries are paused. What comes in is kept.", "goes out in order when you resume")
	r.Press("Resume")
	r.MustSee("Deliveries go on.", "Pause")
	if overlays := r.Canvas().Overlays().List(); len(overlays) != 0 {
		t.Errorf("%d menus are still open", len(overlays))
	}
}

func TestPauseMenuIsThereAsLongAsOneCanPause(t *testing.T) {
	r, p := mustPage(t, func(_ *window.Options, r *rig.Rig) { r.Relay.SetStopped(true) })
	if p.pauseMenu.Visible() {
		t.Error("a relay that does not run can be paused")
	}
	r.Press("Start")
	if !p.pauseMenu.Visible() || p.pauseMenu.Disabled() {
		t.Error("a relay that runs cannot be paused for a while")
	}
	r.Canvas().Focus(p.pauseMenu)
	p.pauseMenu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	var labels []string
	for _, item := range p.pauses() {
		labels = append(labels, item.Label)
	}
	want := []string{"Pause for 15 minutes", "Pause for 30 minutes", "Pause for 1 hour", "Pause for 2 hours", "Pause for 8 hours", "Pause until I resume"}
	if !slices.Equal(labels, want) {
		t.Errorf("the menu has %q", labels)
	}
	r.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	r.Settle()
	if r.Relay.Change(func(s *control.Status) {
		if s.State == control.StatePaused {
			t.Error("closing the menu has paused")
		}
	}); r.Canvas().Focused() != fyne.Focusable(p.pauseMenu) {
		t.Errorf("%T has the keys after the menu was closed", r.Canvas().Focused())
	}
}
