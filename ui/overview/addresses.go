package overview

import (
	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// addressCard shows the addresses to paste into Motion and X.
type addressCard struct {
	win     *window.Window
	content *fyne.Container
	rows    *fyne.Container
	shown   []control.URLs
}

func newAddressCard(win *window.Window) *addressCard {
	a := &addressCard{win: win, rows: kit.VStack(kit.Gap)}
	a.content = kit.Card(kit.VStack(12, kit.Heading(win.T("window.addresses"), kit.TextHeading), a.rows))
	a.content.Hide()
	return a
}

func (a *addressCard) render(d snapshot.Data) {
	if (!d.Running && !d.Kept) || len(d.URLs) == 0 {
		a.content.Hide()
		return
	}
	a.content.Show()
	if equalURLs(a.shown, d.URLs) {
		return
	}
	a.shown = d.URLs
	a.rows.RemoveAll()
	for _, one := range d.URLs {
		suffix := ""
		if len(d.URLs) > 1 {
			suffix = " · " + one.Channel
		}
		a.rows.Add(a.win.CopyRow(a.win.T("window.addresses.reply")+suffix, one.ReplyURL))
		if one.WebhookURL != "" { // a tunnel gives it while the relay runs
			a.rows.Add(a.win.CopyRow(a.win.T("window.addresses.webhook")+suffix, one.WebhookURL))
		}
	}
	a.content.Refresh()
}

func equalURLs(a, b []control.URLs) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
