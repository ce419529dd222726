package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/desk"
	"perch/ui/kit"
	"perch/ui/snapshot"
)

// loginCard is the switch "start at login". It is the desktop's setting and not in perch.toml: it holds at once.
type loginCard struct {
	u       *UI
	content fyne.CanvasObject
	row     fyne.CanvasObject // the same without a card around it
	box     *widget.Check
	help    *kit.Paragraph
}

func newLoginCard(u *UI) *loginCard {
	l := &loginCard{u: u, box: widget.NewCheck(u.t("window.on"), nil), help: kit.NewParagraph("", kit.TextSmall, kit.Muted)}
	l.box.OnChanged = l.onChange
	title := kit.NewParagraph(u.t("window.login"), kit.TextBody, kit.Ink)
	title.Bold = true
	l.row = kit.TwoColumns(kit.VStack(1, title, l.help), kit.VStack(0, l.box))
	l.content = kit.Card(kit.VStack(16, kit.Heading(u.t("window.group.login"), kit.TextHeading), l.row))
	l.render(snapshot.Data{})
	return l
}

// render shows what the desktop says, which the tray may have changed.
func (l *loginCard) render(d snapshot.Data) {
	key := "window.login.tray"
	switch {
	case d.Login == desk.Unknown:
		key = "window.login.unsupported"
	case d.Host == desk.No:
		key = "window.login.relay"
	}
	l.help.Set(l.u.t(key), kit.Muted)
	if on := d.Login == desk.Yes; l.box.Checked != on {
		l.box.Checked = on
		l.box.Refresh()
	}
	if off := d.Login == desk.Unknown; off != l.box.Disabled() {
		kit.Pick(off, l.box.Disable, l.box.Enable)()
	}
}

func (l *loginCard) onChange(on bool) {
	u, host := l.u, l.u.data.Host
	u.watch.Do(func(context.Context) error {
		err := u.Desktop.SetLogin(on, host)
		u.watch.PollDesktop()
		return err
	}, func(err error) {
		if u.complain(err) {
			l.render(u.data) // it is as it was
		}
	})
}
