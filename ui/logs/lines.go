package logs

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
)

// fitting is how many letters fit into a row.
func (l *page) fitting() int {
	letter := fyne.MeasureText("mmmmmmmmmm", kit.TextSmall, fyne.TextStyle{Monospace: true}).Width / 10
	return max(20, int((l.list.Size().Width-textAt-20)/letter))
}

// lay makes rows of the lines.
func (l *page) lay() {
	l.columns = 0
	if l.isWrapped.Checked {
		l.columns = l.fitting()
	}
	l.rows = makeRows(l.lines, l.columns)
	l.list.Refresh()
	l.describe()
}

func (l *page) describe() {
	about := l.win.Texts.N("window.logs.count", len(l.lines))
	if !l.atStart && len(l.lines) > 0 {
		about = l.win.Texts.N("window.logs.newest", len(l.lines))
	}
	l.about.SetText(about)
	l.where.Set(l.path, kit.Muted)
	text := ""
	if len(l.rows) == 0 && !l.isBusy {
		text = kit.Pick(l.search.Text == "" && l.level.Value() == "", l.win.T("window.logs.empty"), l.win.T("window.logs.none"))
	}
	l.none.Set(text, kit.Muted)
}

func (l *page) update(id widget.ListItemID, item fyne.CanvasObject) {
	if id < len(l.rows) {
		item.(*rowView).render(l.rows[id]) //nolint:forcetypeassert,errcheck // made by the list
	}
}

func (l *page) atEnd() bool {
	return l.list.GetScrollOffset()+l.list.Size().Height >= float32(len(l.rows))*rowStep-rowStep*2
}

func (l *page) toEnd() { l.list.ScrollToBottom() }
