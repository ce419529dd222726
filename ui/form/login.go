package form

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/desk"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// LoginSwitch is the switch "start at login". It is the desktop's setting and not in perch.toml: it holds at once.
type LoginSwitch struct {
	// Card is the switch on a card, and Row the same without one.
	Card, Row fyne.CanvasObject
	// Box is the switch alone.
	Box *widget.Check

	win  *window.Window
	help *kit.Paragraph
}

// NewLoginSwitch returns the switch; Render shows how it stands.
func NewLoginSwitch(win *window.Window) *LoginSwitch {
	l := &LoginSwitch{win: win, Box: widget.NewCheck(win.T("window.on"), nil), help: kit.NewParagraph("", kit.TextSmall, kit.Muted)}
	l.Box.OnChanged = l.onChange
	title := kit.NewParagraph(win.T("window.login"), kit.TextBody, kit.Ink)
	title.Bold = true
	l.Row = kit.TwoColumns(kit.VStack(1, title, l.help), kit.VStack(0, l.Box))
	l.Card = kit.Card(kit.VStack(16, kit.Heading(win.T("window.group.login"), kit.TextHeading), l.Row))
	l.Render(snapshot.Data{})
	return l
}

// Render shows what the desktop says, which the tray may have changed.
func (l *LoginSwitch) Render(d snapshot.Data) {
	key := "window.login.tray"
	switch {
	case d.Login == desk.Unknown:
		key = "window.login.unsupported"
	case d.Host == desk.No:
		key = "window.login.relay"
	}
	l.help.Set(l.win.T(key), kit.Muted)
	if on := d.Login == desk.Yes; l.Box.Checked != on {
		l.Box.Checked = on
		l.Box.Refresh()
	}
	if off := d.Login == desk.Unknown; off != l.Box.Disabled() {
		kit.Pick(off, l.Box.Disable, l.Box.Enable)()
	}
}

func (l *LoginSwitch) onChange(on bool) {
	win, host := l.win, l.win.Data.Host
	win.Watch.Do(func(context.Context) error {
		err := win.Desktop.SetLogin(on, host)
		win.Watch.PollDesktop()
		return err
	}, func(err error) {
		if win.ShowError(err) {
			l.Render(win.Data) // it is as it was
		}
	})
}
