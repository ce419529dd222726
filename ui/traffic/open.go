package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/format"
)

func (t *page) update(id widget.ListItemID, item fyne.CanvasObject) {
	if id >= len(t.rows) {
		return
	}
	m := t.rows[id]
	item.(*rowView).render(id, makeRow(m, t.win.Now(), t.win.Texts), m.ID == t.selected) //nolint:forcetypeassert,errcheck // made by the list
}

func (t *page) press(id widget.ListItemID) { t.list.Press(id) }

func (t *page) onSelected(id widget.ListItemID) {
	t.list.Chosen(id)
	t.list.Unselect(id) // a message may move to another line; the row itself shows what is selected
	if id >= len(t.rows) {
		return
	}
	t.openMessage(t.rows[id].ID)
}

func (t *page) openMessage(id int64) {
	if t.selected == 0 {
		t.place.Objects = []fyne.CanvasObject{t.split}
		t.place.Refresh()
	}
	t.selected = id
	t.pane.load(id)
	t.list.Refresh()
}

func (t *page) onClose() {
	t.selected = 0
	t.pane.leave()
	t.place.Objects = []fyne.CanvasObject{t.split.Leading}
	t.place.Refresh()
	t.list.Refresh()
}

// addressOnX is the page of a message on X; the demo's are on no page.
func (t *page) addressOnX(m *control.Message) string {
	if t.win.Data.Status.Demo {
		return ""
	}
	return format.AddressOnX(m)
}
