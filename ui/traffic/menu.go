package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/format"
)

// menu opens what can be done with the message of a line, at a place on the screen.
func (t *page) menu(id widget.ListItemID, at fyne.Position) {
	if id >= 0 && id < len(t.rows) {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", t.items(t.rows[id])...), t.win.Canvas(), at)
	}
}

// items are what can be done with a message.
func (t *page) items(m *control.Message) []*fyne.MenuItem {
	win := t.win
	items := []*fyne.MenuItem{fyne.NewMenuItem(win.T("window.menu.open"), func() { t.openMessage(m.ID) })}
	if m.Who() != "" {
		items = append(items, fyne.NewMenuItem(win.T("window.conversation"), func() { win.Converse(m) }))
	}
	if m.Text != "" {
		items = append(items, fyne.NewMenuItem(win.T("window.copy.text"), func() { win.Copy(m.Text) }))
	}
	if address := t.addressOnX(m); address != "" {
		items = append(items, fyne.NewMenuItem(win.T("window.on_x"), func() { win.Visit(address) }))
	}
	if acts := format.Summarize(m, win.Texts).Acts; len(acts) > 0 {
		items = append(items, fyne.NewMenuItemSeparator())
		for _, act := range acts {
			items = append(items, fyne.NewMenuItem(win.T("window.act."+act), func() { win.Act(m.ID, act) }))
		}
	}
	return items
}

// onMenuKey opens the menu of a line below it.
func (t *page) onMenuKey(id int) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.list)
	y := float32(id+1)*rowStep - t.list.GetScrollOffset()
	t.menu(id, at.AddXY(rowColumns[0], min(max(y, 0), t.list.Size().Height)))
}
