package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

const (
	// rowHeight is that of a line of the list, rowStep the way from one to the next.
	rowHeight, rowStep = 32, rowHeight + 4
	// wideRow is the width from which a row has all its columns, and midRow that from which it has the state in words.
	wideRow, midRow = 660, 520
)

// rowColumns are the widths of the columns but the text, which takes what is left: time, direction, who, kind, state, took.
var rowColumns = [6]float32{100, 24, 132, 26, 118, 70}

// rowView is one line of the list of messages.
type rowView struct {
	widget.BaseWidget
	// press opens the message of a line, menu what can be done with it.
	press                        func(id widget.ListItemID)
	menu                         func(id widget.ListItemID, at fyne.Position)
	id                           widget.ListItemID
	shown                        rowText
	ground                       *kit.Ground
	direction, kind              *kit.Icon
	time, who, text, state, took *kit.Text
	dot                          *kit.Ground
}

func newRowView(press func(widget.ListItemID), menu func(widget.ListItemID, fyne.Position)) *rowView {
	cut := func(color fyne.ThemeColorName, size float32) *kit.Text { //nolint:unparam // one row, one size
		return kit.CutText("", size, color)
	}
	r := &rowView{
		press: press, menu: menu, ground: kit.NewGround("", "", 6), direction: kit.NewIcon("down", kit.Accent, 15), kind: kit.NewIcon("dm", kit.Muted, 15),
		time: cut(kit.Muted, kit.TextSmall), who: cut(kit.Ink, kit.TextSmall), text: cut(kit.Ink, kit.TextSmall),
		state: cut(kit.Muted, kit.TextSmall), took: cut(kit.Muted, kit.TextSmall), dot: kit.NewGround(kit.Idle, "", 4),
	}
	r.who.Bold = true
	r.took.Align = fyne.TextAlignTrailing
	r.ExtendBaseWidget(r)
	return r
}

// Tapped implements fyne.Tappable: what takes the right button gets the left one too, and the list's own line does not.
func (r *rowView) Tapped(*fyne.PointEvent) { r.press(r.id) }

// TappedSecondary implements fyne.SecondaryTappable.
func (r *rowView) TappedSecondary(e *fyne.PointEvent) { r.menu(r.id, e.AbsolutePosition) }

func (r *rowView) render(id widget.ListItemID, m rowText, isSelected bool) {
	r.id, r.shown = id, m
	r.time.SetText(m.Time)
	if m.IsOut {
		r.direction.Set("up", kit.AccentDeep)
	} else {
		r.direction.Set("down", kit.Accent)
	}
	r.kind.Set(m.KindIcon, kit.Muted)
	r.who.SetText(m.Who)
	r.caption(r.Size().Width)
	ink, _ := window.Colors(m.Tone)
	r.state.Set(m.State, ink)
	r.dot.Set(ink, "")
	r.took.SetText(m.Took)
	if isSelected {
		r.ground.Set(kit.AccentSoft, "")
	} else {
		r.ground.Set("", "")
	}
}

// caption shows the text. Where there is no room for the state in words, one that is worth a word stands before it.
func (r *rowView) caption(width float32) {
	text := r.shown.Text
	if width > 0 && width < midRow && r.shown.Tone != format.Good {
		text = r.shown.State + " · " + text
	}
	r.text.SetText(text)
}

// CreateRenderer implements fyne.Widget.
func (r *rowView) CreateRenderer() fyne.WidgetRenderer {
	return &rowRenderer{r, []fyne.CanvasObject{r.ground, r.time, r.direction, r.who, r.kind, r.text, r.dot, r.state, r.took}}
}

type rowRenderer struct {
	r       *rowView
	objects []fyne.CanvasObject
}

func (w *rowRenderer) Objects() []fyne.CanvasObject { return w.objects }

func (w *rowRenderer) Destroy() {}

func (w *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

func (w *rowRenderer) Refresh() {
	for _, o := range w.objects {
		o.Refresh()
	}
}

func (w *rowRenderer) Layout(size fyne.Size) {
	r := w.r
	r.ground.Resize(size)
	x := columns(size.Width)
	at := func(o fyne.CanvasObject, i int) {
		o.Move(fyne.NewPos(x[i], 0))
		o.Resize(fyne.NewSize(max(0, x[i+1]-x[i]-8), size.Height))
	}
	at(r.time, 0)
	at(r.direction, 1)
	at(r.who, 2)
	at(r.kind, 3)
	at(r.text, 4)
	r.dot.Move(fyne.NewPos(x[5], size.Height/2-4))
	r.dot.Resize(fyne.NewSize(8, 8))
	r.state.Move(fyne.NewPos(x[5]+15, 0))
	r.state.Resize(fyne.NewSize(max(0, x[6]-x[5]-20), size.Height))
	at(r.took, 6)
	r.caption(size.Width)
	kit.Pick(size.Width >= midRow, r.state.Show, r.state.Hide)()
	kit.Pick(size.Width >= wideRow, r.took.Show, r.took.Hide)()
}

// columns returns where each column begins, and the end.
func columns(width float32) [8]float32 {
	const edge = 8
	c := rowColumns
	if width < wideRow {
		c[2], c[4], c[5] = 104, 96, 0
	}
	if width < midRow {
		c[4] = 16
	}
	text := max(40, width-2*edge-c[0]-c[1]-c[2]-c[3]-c[4]-c[5])
	x := [8]float32{edge}
	for i, w := range []float32{c[0], c[1], c[2], c[3], text, c[4], c[5]} {
		x[i+1] = x[i] + w
	}
	x[7] += 8 // at takes a gap off the last column, too
	return x
}
