// Package logs is the page of the relay's log, read from its end.
//
// It guarantees that a log of any size is never read as a whole unless somebody goes back to its beginning, and that a
// line steers nobody who reads it.
package logs

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/app/logtail"
	"perch/bridge/visible"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// searchAfter is how long typing has to rest before the log is searched.
const searchAfter = 200 * time.Millisecond

const (
	// pageSize is how many lines are read at a time, maxLines how many are kept.
	pageSize, maxLines = 1000, 20_000
	rowHeight          = 18
	rowStep            = rowHeight + 4
)

// page shows the relay's log from its end.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about          *kit.Text
	search         *kit.Entry
	level          *kit.Choice
	isPattern      *widget.Check
	isAtEnd        *widget.Check
	isWrapped      *widget.Check
	pause          *kit.Button
	isPaused       bool // nothing new is read
	problem        *kit.Text
	list           *kit.List
	none           *kit.Paragraph
	path           string
	lines          []logtail.Line
	rows           []rowText
	columns        int
	typed, version int // count changes of the search and of what is read
	isBusy, isOn   bool
	atStart        bool

	mu     sync.Mutex // one reading at a time
	reader *logtail.Reader
}

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	l := &page{win: win, path: win.LogPath, about: kit.CutText("", kit.TextSmall, kit.Muted)}
	l.search = kit.NewEntry(win.T("window.logs.search"))
	l.search.OnChanged = func(string) { l.onTyped() }
	l.level = kit.NewChoice(win.T("window.logs.level"), logtail.Levels()[1:], win.Named("window.level."), l.restart)
	check := func(key string, on bool, changed func(bool)) *widget.Check {
		c := widget.NewCheck(win.T(key), nil)
		c.Checked = on
		c.OnChanged = changed
		return c
	}
	l.isPattern = check("window.logs.pattern", false, func(bool) { l.restart() })
	l.isAtEnd = check("window.logs.follow", true, func(on bool) {
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
	bar := kit.HStack(kit.Gap, l.level.Content, kit.Middle(l.isPattern), kit.Middle(l.isAtEnd), kit.Middle(l.isWrapped), kit.Middle(l.pause), kit.Middle(l.problem))
	top := kit.Header(win.T("window.logs"), l.about, kit.AtLeast(l.search, fyne.NewSize(270, 34)),
		kit.NewButton(win.T("window.copy"), "copy", kit.Plain, func() { win.Copy(l.text()) }),
		kit.NewButton(win.T("window.logs.export"), "export", kit.Plain, l.onExport))
	none := container.NewCenter(kit.AtLeast(l.none, fyne.NewSize(420, 0)))
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(container.NewStack(none, l.list), 6, 8))
	return kit.Filled(top, container.NewBorder(kit.Inset(0, 10, 0, 0, bar), nil, nil, nil, card))
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

// setPaused stops the reading of what is new, or goes on with it.
func (l *page) setPaused(on bool) {
	l.isPaused = on
	if on {
		l.pause.Set(l.win.T("window.logs.resume"), "play", kit.Strong)
		return
	}
	l.pause.Set(l.win.T("window.logs.pause"), "pause", kit.Plain)
	l.isAtEnd.SetChecked(true)
}

func (l *page) atEnd() bool {
	return l.list.GetScrollOffset()+l.list.Size().Height >= float32(len(l.rows))*rowStep-rowStep*2
}

func (l *page) toEnd() { l.list.ScrollToBottom() }
