package logs

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

const (
	rowHeight = 18
	// rowStep is from the top of one row to that of the next.
	rowStep = rowHeight + 4
	// textAt is where a row's text begins.
	textAt = 162
)

// rowView is one row of the log.
type rowView struct {
	widget.BaseWidget
	time, level, text, rest *kit.Text
}

func newRowView() *rowView {
	mono := func(color fyne.ThemeColorName) *kit.Text {
		t := kit.CutText("", kit.TextSmall, color)
		t.Mono = true
		return t
	}
	r := &rowView{time: mono(kit.Faint), level: mono(kit.Idle), text: mono(kit.Ink), rest: mono(kit.Muted)}
	r.ExtendBaseWidget(r)
	return r
}

func (r *rowView) render(m rowText) {
	ink, _ := window.Colors(m.Tone)
	r.time.SetText(m.Time)
	r.level.Set(strings.ToUpper(m.Level), ink)
	r.text.Set(m.Text, kit.Pick(m.Tone == format.Bad, kit.Bad, kit.Ink))
	r.rest.SetText(m.Rest)
	r.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *rowView) CreateRenderer() fyne.WidgetRenderer { return &rowRenderer{r} }

type rowRenderer struct{ r *rowView }

func (w *rowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{w.r.time, w.r.level, w.r.text, w.r.rest}
}

func (w *rowRenderer) Destroy() {}

func (w *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(300, rowHeight) }

func (w *rowRenderer) Refresh() { w.Layout(w.r.Size()) }

func (w *rowRenderer) Layout(size fyne.Size) {
	r := w.r
	at := func(t *kit.Text, x, width float32) {
		t.Move(fyne.NewPos(x, 0))
		t.Resize(fyne.NewSize(max(0, width), size.Height))
	}
	at(r.time, 6, 96)
	at(r.level, 110, 46)
	width := float32(0)
	if text := r.text.Text(); text != "" {
		width = fyne.MeasureText(text[:min(len(text), 400)], kit.TextSmall, fyne.TextStyle{Monospace: true}).Width + 10
	}
	at(r.text, textAt, min(width, size.Width-textAt))
	at(r.rest, textAt+width, size.Width-textAt-width-4)
}
