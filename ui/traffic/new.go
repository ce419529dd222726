package traffic

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	t := &page{win: win}
	t.about = kit.CutText("", kit.TextSmall, kit.Muted)
	t.search = kit.NewEntry(win.T("window.traffic.search"))
	t.search.Icon = nil
	t.search.OnChanged = t.onTyped
	t.selects = [4]*kit.Choice{
		kit.NewChoice(win.T("window.traffic.direction"), control.Directions(), win.Named("window.direction."), t.onChosen),
		kit.NewChoice(win.T("window.traffic.kind"), control.Kinds(), win.Named("window.kind."), t.onChosen),
		kit.NewChoice(win.T("window.traffic.state"), control.States(), win.Named("window.delivery."), t.onChosen),
		kit.NewChoice(win.T("window.traffic.channel"), nil, strings.Clone, t.onChosen),
	}
	t.period = kit.NewChoice(win.T("window.period"), periods(), win.Named("window.period."), t.onChosen)
	t.clear = kit.NewButton(win.T("window.traffic.clear"), "close", kit.Quiet, func() { t.setFilter(snapshot.Filter{}) })
	t.export = newExporter(win, func() snapshot.Filter { return t.filter })
	t.fresh = kit.NewButton("", "up", kit.Strong, t.onFresh).Small()
	t.fresh.Hide()
	t.empty = kit.NewParagraph("", kit.TextBody, kit.Muted)
	t.list = kit.NewList(func() int { return len(t.rows) }, func() fyne.CanvasObject { return newRowView(t.press, t.menu) }, t.update)
	t.list.OnSelected, t.list.OnMenu = t.onSelected, t.onMenuKey
	t.search.OnDown = func() { win.Canvas().Focus(t.list) }
	t.pane = newPane(win, t.onClose, t.addressOnX)
	t.story = newStory(win, t.leaveStory, t.openFromStory)
	t.whole = kit.Filled(kit.Header(win.T("window.traffic"), t.about, t.period.Content, kit.AtLeast(t.search, fyne.NewSize(176, 34)), t.export.button), t.body())
	t.root = container.NewStack(t.whole)
	return t
}

func (t *page) body() fyne.CanvasObject {
	bar := kit.HStack(kit.Gap)
	for _, s := range t.selects {
		bar.Add(s.Content)
	}
	bar.Add(t.clear)
	float := container.NewVBox(kit.Pad(container.NewCenter(t.fresh), 8, 0))
	none := container.NewCenter(kit.AtLeast(t.empty, fyne.NewSize(300, 0)))
	list := container.NewBorder(kit.VStack(0, kit.Inset(8, 6, 0, 0, newRowHead(t.win)), kit.Rule()), nil, nil, nil,
		container.NewStack(none, t.list, float))
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(list, 4, 6))
	t.place = container.NewStack(card)
	t.split = container.NewHSplit(card, t.pane.content)
	t.split.Offset = 0.6
	t.pane.grown = t.split.Refresh
	return container.NewBorder(kit.VStack(0, kit.Inset(0, 12, 0, 0, bar), t.export.strip), nil, nil, nil, t.place)
}

func (t *page) Content() fyne.CanvasObject { return t.root }

// Shown makes the watcher put the traffic together while it is on screen.
func (t *page) Shown(on bool) { t.win.Watch.ShowTraffic(on) }

func (t *page) Find() {
	t.hideStory()
	t.win.Canvas().Focus(t.search)
}

func (t *page) Escape() bool {
	switch {
	case t.isStory():
		t.leaveStory()
	case t.selected != 0:
		t.onClose()
	case !t.filter.IsZero():
		t.setFilter(snapshot.Filter{})
	default:
		return false
	}
	return true
}

// Browse implements window.Browser.
func (t *page) Browse(f snapshot.Filter, id int64) {
	t.hideStory()
	t.setFilter(f)
	if id != 0 {
		t.openMessage(id)
	}
}

func (t *page) Render(d snapshot.Data) {
	t.story.render(d)
	t.freezeWhileReading()
	t.rows = d.View.Rows
	if day := d.Now.YearDay(); t.version != d.View.Version || t.day != day {
		isNewDay := t.day != 0 && t.day != day
		t.version, t.day = d.View.Version, day // the times of yesterday's messages get a date
		if isNewDay && !t.filter.Since.IsZero() {
			t.onChosen() // the days are counted from today
		}
		t.list.Refresh()
	}
	t.describe(d)
	t.channels(d)
	if len(t.rows) > 0 && t.atEnd() {
		t.win.Watch.Older()
	}
	if t.selected != 0 {
		t.pane.reload(d)
	}
}
