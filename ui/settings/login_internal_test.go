package settings

import (
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"perch/app/desk"
	"perch/ui/watch"
)

func TestStartAtLoginIsSwitchedAndShowsWhatTheTrayDid(t *testing.T) {
	r, s := mustPage(t, nil)
	box := func() *widget.Check { return s.login.Box }
	toggle := func() {
		test.TapAt(box(), fyne.NewPos(5, box().Size().Height/2))
		r.Settle()
		r.Refresh()
	}
	r.MustSee("Start at login", "icon appears when you log in")
	if box().Checked || box().Disabled() {
		t.Error("it is on, or cannot be switched")
	}
	toggle()
	if !box().Checked || r.Desktop.Login() != desk.Yes {
		t.Error("it is not on")
	}
	r.Desktop.Become(desk.No, desk.No, nil) // the tray has switched it off, and the panel is gone
	r.Refresh()
	r.Clock.Pass(watch.DesktopEvery)
	r.Refresh()
	r.MustSee("The relay starts in the background when you log in")
	if box().Checked {
		t.Error("what the tray has switched off is on")
	}
	r.Desktop.Become(desk.No, desk.No, errors.New("the file x cannot be written; check its folder"))
	toggle()
	r.MustSee("The file x cannot be written; check its folder.")
	if box().Checked {
		t.Error("it is on although that was refused")
	}
	r.Desktop.Become(desk.No, desk.No, nil)
	toggle()
	toggle()
	if box().Checked || r.Desktop.Login() != desk.No {
		t.Error("it is not off again")
	}
	if got := r.Desktop.SetFor(); !slices.Equal(got, []desk.Answer{desk.Yes, desk.No, desk.No, desk.No}) {
		t.Errorf("set for %q", got)
	}
	r.Desktop.Become(desk.No, desk.Unknown, nil)
	r.Refresh()
	if !box().Disabled() {
		t.Error("it can be switched where there is no such thing")
	}
}
