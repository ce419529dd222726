package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

const (
	// searchAfter is how long typing has to rest before the filter changes.
	searchAfter = 200 * time.Millisecond
	// nearEnd is how many rows before the end older messages are fetched.
	nearEnd = 60
)

// traffic is the list of messages, both ways, with one of them in full at the side.
type traffic struct {
	u    *UI
	root fyne.CanvasObject

	about        *kit.Text
	search       *kit.Entry
	selects      [4]*kit.Choice // direction, kind, state, channel
	clear        *kit.Button
	fresh        *kit.Button // jumps to what is new
	empty        *kit.Paragraph
	list         *kit.List
	split        *container.Split
	side         *detailPane
	place        *fyne.Container
	filter       snapshot.Filter
	rows         []*control.Message
	selected     int64
	isHeld       bool
	typed        int // counts changes of the search, so that only the last one counts
	isSetting    bool
	version, day int // of what the list shows
}

func newTraffic(u *UI) *traffic {
	t := &traffic{u: u}
	t.about = kit.CutText("", kit.TextSmall, kit.Muted)
	t.search = kit.NewEntry(u.t("window.traffic.search"))
	t.search.Icon = nil
	t.search.OnChanged = t.onTyped
	t.selects = [4]*kit.Choice{
		kit.NewChoice(u.t("window.traffic.direction"), []string{"in", "out"}, u.named("window.direction."), t.onChosen),
		kit.NewChoice(u.t("window.traffic.kind"), []string{"dm", "mention", "reply", "note", "encrypted", "unreadable"}, u.named("window.kind."), t.onChosen),
		kit.NewChoice(u.t("window.traffic.state"), []string{"queued", "sending", "delivered", "undecided", "dead", "discarded"}, u.named("window.delivery."), t.onChosen),
		kit.NewChoice(u.t("window.traffic.channel"), nil, strings.Clone, t.onChosen),
	}
	t.clear = kit.NewButton(u.t("window.traffic.clear"), "close", kit.Quiet, func() { t.setFilter(snapshot.Filter{}) })
	t.fresh = kit.NewButton("", "up", kit.Strong, t.onFresh).Small()
	t.fresh.Hide()
	t.empty = kit.NewParagraph("", kit.TextBody, kit.Muted)
	t.list = kit.NewList(func() int { return len(t.rows) }, func() fyne.CanvasObject { return newRowView(u) }, t.update)
	t.list.OnSelected = t.onSelected
	t.search.OnDown = func() { u.window.Canvas().Focus(t.list) }
	t.side = newDetailPane(u, t.onClose)
	t.root = kit.Filled(kit.Header(u.t("window.traffic"), t.about, kit.AtLeast(t.search, fyne.NewSize(270, 34))), t.body())
	return t
}

func (t *traffic) body() fyne.CanvasObject {
	bar := kit.HStack(kit.Gap)
	for _, s := range t.selects {
		bar.Add(s.Content)
	}
	bar.Add(t.clear)
	float := container.NewVBox(kit.Pad(container.NewCenter(t.fresh), 8, 0))
	none := container.NewCenter(kit.AtLeast(t.empty, fyne.NewSize(420, 0)))
	list := container.NewBorder(kit.VStack(0, kit.Inset(8, 6, 0, 0, newRowHead(t.u)), kit.Rule()), nil, nil, nil,
		container.NewStack(none, t.list, float))
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(list, 4, 6))
	t.place = container.NewStack(card)
	t.split = container.NewHSplit(card, t.side.content)
	t.split.Offset = 0.6
	return container.NewBorder(kit.Inset(0, 12, 0, 0, bar), nil, nil, nil, t.place)
}

func (t *traffic) content() fyne.CanvasObject { return t.root }
func (t *traffic) shown(bool)                 {}
func (t *traffic) find()                      { t.u.window.Canvas().Focus(t.search) }

func (t *traffic) escape() bool {
	switch {
	case t.selected != 0:
		t.onClose()
	case !t.filter.IsZero():
		t.setFilter(snapshot.Filter{})
	default:
		return false
	}
	return true
}

func (t *traffic) render(d snapshot.Data) {
	t.holdWhileReading()
	t.rows = d.View.Rows
	if day := d.Now.YearDay(); t.version != d.View.Version || t.day != day {
		t.version, t.day = d.View.Version, day // the times of yesterday's messages get a date
		t.list.Refresh()
	}
	t.describe(d)
	t.channels(d)
	if len(t.rows) > 0 && t.atEnd() {
		t.u.watch.Older()
	}
	if t.selected != 0 {
		t.side.follow(d)
	}
}

func (t *traffic) describe(d snapshot.Data) {
	about := t.u.Texts.N("window.traffic.count", len(t.rows))
	if !d.View.Complete && len(t.rows) > 0 {
		about = t.u.Texts.N("window.traffic.newest", len(t.rows))
	}
	if d.View.Loading {
		about += " · " + t.u.t("window.traffic.loading")
	}
	t.about.SetText(about)
	t.fresh.Set(t.u.Texts.N("window.traffic.new", d.View.New), "up", kit.Strong)
	kit.Pick(d.View.New > 0 || t.isHeld, t.fresh.Show, t.fresh.Hide)()
	if t.isHeld && d.View.New == 0 {
		t.fresh.Set(t.u.t("window.traffic.top"), "up", kit.Plain)
	}
	words := ""
	switch {
	case len(t.rows) > 0:
	case !d.Running:
		words = t.u.t("window.traffic.off")
	case !t.filter.IsZero():
		words = t.u.t("window.traffic.none")
	default:
		words = t.u.t("window.traffic.empty")
	}
	t.empty.Set(words, kit.Muted)
	kit.Pick(t.filter.IsZero(), t.clear.Hide, t.clear.Show)()
}

// holdWhileReading keeps the list still while somebody has scrolled away from its top.
func (t *traffic) holdWhileReading() {
	away := t.list.GetScrollOffset() > rowHeight/2
	switch {
	case away && !t.isHeld && len(t.rows) > 0:
		t.isHeld = true
		t.u.watch.Hold(t.rows[0].ID)
	case !away && t.isHeld:
		t.isHeld = false
		t.u.watch.Hold(0)
	}
}

func (t *traffic) atEnd() bool {
	return (t.list.GetScrollOffset()+t.list.Size().Height)/rowStep > float32(len(t.rows)-nearEnd)
}

func (t *traffic) onFresh() {
	t.list.ScrollToTop()
	t.isHeld = false
	t.u.watch.Hold(0)
}

func (t *traffic) update(id widget.ListItemID, item fyne.CanvasObject) {
	if id >= len(t.rows) {
		return
	}
	m := t.rows[id]
	item.(*rowView).render(page.MakeRow(m, t.u.Now(), t.u.Texts), m.ID == t.selected) //nolint:forcetypeassert,errcheck // made by the list
}

func (t *traffic) onSelected(id widget.ListItemID) {
	t.list.Unselect(id) // a message may move to another line; the row itself shows what is selected
	if id >= len(t.rows) {
		return
	}
	t.openMessage(t.rows[id].ID)
}

func (t *traffic) openMessage(id int64) {
	if t.selected == 0 {
		t.place.Objects = []fyne.CanvasObject{t.split}
		t.place.Refresh()
	}
	t.selected = id
	t.side.load(id)
	t.list.Refresh()
}

func (t *traffic) onClose() {
	t.selected = 0
	t.side.leave()
	t.place.Objects = []fyne.CanvasObject{t.split.Leading}
	t.place.Refresh()
	t.list.Refresh()
}

// channels offers the names of the channels.
func (t *traffic) channels(d snapshot.Data) {
	var names []string
	for _, c := range d.Status.Channels {
		names = append(names, c.Name)
	}
	t.selects[3].Offer(names)
	kit.Pick(len(names) > 1, t.selects[3].Content.Show, t.selects[3].Content.Hide)()
}

func (t *traffic) onChosen() {
	if t.isSetting {
		return
	}
	f := t.filter
	f.Direction, f.Kind, f.State, f.Channel = t.selects[0].Value(), t.selects[1].Value(), t.selects[2].Value(), t.selects[3].Value()
	t.apply(f)
}

func (t *traffic) onTyped(text string) {
	if t.isSetting {
		return
	}
	t.typed++
	number := t.typed
	t.u.watch.Do(func(ctx context.Context) error {
		select {
		case <-time.After(searchAfter):
		case <-ctx.Done():
		}
		return nil
	}, func(error) {
		if number == t.typed {
			f := t.filter
			f.Search = text
			t.apply(f)
		}
	})
}

// setFilter changes the filter and what the page shows of it.
func (t *traffic) setFilter(f snapshot.Filter) {
	t.isSetting = true
	t.typed++
	t.search.SetText(f.Search)
	for i, value := range []string{f.Direction, f.Kind, f.State, f.Channel} {
		t.selects[i].Choose(value)
	}
	t.isSetting = false
	t.apply(f)
}

func (t *traffic) apply(f snapshot.Filter) {
	t.filter = f
	t.isHeld = false
	t.list.ScrollToTop()
	t.u.watch.Search(f)
}
