package ui

import (
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"perch/app/desk"
	"perch/ui/kit"
	"perch/ui/watch"
)

const noTrayText = "This desktop has no place for Perch's icon; this window offers the same."

func TestDesktopWithoutTrayIsToldUntilItWasRead(t *testing.T) {
	path := t.TempDir() + "/window.json"
	open := func() *rig { return mustRig(t, func(o *Options, _ *rig) { o.Memory = path }) }
	r := open()
	r.mustNotSee(noTrayText)
	r.desktop.Become(desk.No, desk.No, nil)
	r.refresh()
	r.mustNotSee(noTrayText) // the panel may be starting again
	r.clock.pass(watch.DesktopEvery)
	r.refresh()
	r.mustSee(noTrayText)
	r.desktop.Become(desk.Yes, desk.No, nil)
	r.refresh()
	r.mustNotSee(noTrayText)
	r.desktop.Become(desk.No, desk.No, nil)
	r.refresh()
	r.clock.pass(watch.DesktopEvery)
	r.refresh()
	isClose := func(b *kit.Button) bool { return b.AccessibilityLabel() == "Close" }
	test.Tap(find(r, "button that closes", isClose))
	r.refresh()
	r.mustNotSee(noTrayText)
	r = open()
	r.desktop.Become(desk.No, desk.No, nil)
	r.refresh()
	r.clock.pass(watch.DesktopEvery)
	r.refresh()
	r.mustNotSee(noTrayText)
}

func TestStartAtLoginIsSwitchedAndShowsWhatTheTrayDid(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	box := func() *widget.Check { return r.sections[sectionSettings].(*settingsPage).login.box }
	toggle := func() {
		test.TapAt(box(), fyne.NewPos(5, box().Size().Height/2))
		r.settle()
		r.refresh()
	}
	r.mustSee("Start at login", "icon appears when you log in")
	if box().Checked || box().Disabled() {
		t.Error("it is on, or cannot be switched")
	}
	toggle()
	if !box().Checked || r.desktop.Login() != desk.Yes {
		t.Error("it is not on")
	}
	r.desktop.Become(desk.No, desk.No, nil) // the tray has switched it off, and the panel is gone
	r.refresh()
	r.clock.pass(watch.DesktopEvery)
	r.refresh()
	r.mustSee("The relay starts in the background when you log in")
	if box().Checked {
		t.Error("what the tray has switched off is on")
	}
	r.desktop.Become(desk.No, desk.No, errors.New("the file x cannot be written; check its folder"))
	toggle()
	r.mustSee("The file x cannot be written; check its folder.")
	if box().Checked {
		t.Error("it is on although that was refused")
	}
	r.desktop.Become(desk.No, desk.No, nil)
	toggle()
	toggle()
	if box().Checked || r.desktop.Login() != desk.No {
		t.Error("it is not off again")
	}
	if got := r.desktop.SetFor(); !slices.Equal(got, []desk.Answer{desk.Yes, desk.No, desk.No, desk.No}) {
		t.Errorf("set for %q", got)
	}
	r.desktop.Become(desk.No, desk.Unknown, nil)
	r.refresh()
	if !box().Disabled() {
		t.Error("it can be switched where there is no such thing")
	}
}
