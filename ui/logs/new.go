package logs

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/app/logtail"
	"perch/bridge/visible"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	l := &page{win: win, path: win.LogPath, about: kit.CutText("", kit.TextSmall, kit.Muted), where: kit.NewParagraph("", kit.TextSmall, kit.Muted)}
	l.search = kit.NewEntry(win.T("window.logs.search"))
	l.search.OnChanged = func(string) { l.typing.Rest(win, l.restart) }
	l.level = kit.NewChoice(win.T("window.logs.level"), logtail.Levels()[1:], win.Named("window.level."), l.restart)
	check := func(key string, on bool, changed func(bool)) *widget.Check {
		c := widget.NewCheck(win.T(key), nil)
		c.Checked = on
		c.OnChanged = changed
		return c
	}
	l.isPattern = check("window.logs.pattern", false, func(bool) { l.restart() })
	l.isAtEnd = check("window.logs.tail", true, func(on bool) {
		if on {
			l.toEnd()
		}
	})
	l.isWrapped = check("window.logs.wrap", false, func(bool) { l.lay() })
	l.pause = kit.NewButton(win.T("window.logs.pause"), "pause", kit.Plain, func() { l.setPaused(!l.isPaused) }).Small()
	l.problem = kit.NewText("", kit.TextSmall, kit.Bad)
	l.none = kit.NewParagraph("", kit.TextBody, kit.Muted)
	l.list = kit.NewList(func() int { return len(l.rows) }, func() fyne.CanvasObject { return newRowView() }, l.update)
	l.list.HideSeparators = true
	l.list.OnSelected = func(id widget.ListItemID) {
		l.list.Chosen(id)
		l.list.Unselect(id)
		if id < len(l.rows) {
			win.Copy(visible.Line(l.lines[l.rows[id].Line].Raw))
		}
	}
	l.root = l.build()
	return l
}

func (l *page) build() fyne.CanvasObject {
	win := l.win
	pause := kit.AtLeast(kit.Middle(l.pause), fyne.NewSize(0, l.level.Content.MinSize().Height)) // in the middle of the row
	bar := container.New(layout.NewRowWrapLayoutWithCustomPadding(kit.Gap, 6), l.level.Content, kit.Middle(l.isPattern), kit.Middle(l.isAtEnd), kit.Middle(l.isWrapped), pause, kit.Middle(l.problem))
	top := kit.Header(win.T("window.logs"), l.about, kit.AtLeast(l.search, fyne.NewSize(170, 34)),
		kit.NewButton(win.T("window.copy"), "copy", kit.Plain, l.onCopy),
		kit.NewButton(win.T("window.logs.export"), "export", kit.Plain, l.onExport))
	none := container.NewCenter(kit.AtLeast(l.none, fyne.NewSize(420, 0)))
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(container.NewStack(none, l.list), 6, 8))
	return kit.Filled(kit.VStack(2, top, l.where), container.NewBorder(kit.Inset(0, 10, 0, 0, bar), nil, nil, nil, card))
}

func (l *page) Content() fyne.CanvasObject { return l.root }

func (l *page) Find() { l.win.Canvas().Focus(l.search) }

func (l *page) Escape() bool {
	if l.search.Text == "" {
		return false
	}
	l.search.SetText("")
	return true
}

// Shown begins to read when the page comes on screen.
func (l *page) Shown(on bool) {
	if l.isOn = on; on && l.reader == nil {
		l.restart()
	}
}

// Configure says where the log is.
func (l *page) Configure(s control.Settings) {
	path := s.LogPath
	if path == "" || path == l.path {
		return
	}
	l.path = path
	l.reader = nil
	if l.isOn {
		l.restart()
	}
}

func (l *page) Render(snapshot.Data) {
	if l.isWrapped.Checked && l.columns != l.fitting() {
		l.lay()
	}
	if l.reader == nil || l.isBusy {
		return
	}
	if l.isAtEnd.Checked && !l.atEnd() && len(l.rows) > 0 {
		l.isAtEnd.Checked = false // somebody has scrolled away to read
		l.isAtEnd.Refresh()
	}
	if l.list.GetScrollOffset() < rowStep*20 && !l.atStart {
		l.older()
		return
	}
	if !l.isPaused {
		l.newer()
	}
}
