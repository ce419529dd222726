package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
	"perch/ui/window"
)

// rowHead names the columns.
type rowHead struct {
	widget.BaseWidget
	texts []*kit.Text
}

func newRowHead(win *window.Window) *rowHead {
	h := &rowHead{}
	for _, key := range []string{"time", "", "who", "", "text", "state", "took"} {
		word := ""
		if key != "" {
			word = win.T("window.column." + key)
		}
		text := kit.CutText(word, kit.TextTiny, kit.Faint)
		text.Bold = true
		h.texts = append(h.texts, text)
	}
	h.texts[6].Align = fyne.TextAlignTrailing
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer implements fyne.Widget.
func (h *rowHead) CreateRenderer() fyne.WidgetRenderer { return &rowHeadRenderer{h} }

type rowHeadRenderer struct{ h *rowHead }

func (w *rowHeadRenderer) Objects() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for _, t := range w.h.texts {
		objects = append(objects, t)
	}
	return objects
}

func (w *rowHeadRenderer) Destroy() {}

func (w *rowHeadRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 16) }

func (w *rowHeadRenderer) Refresh() {
	for _, t := range w.h.texts {
		t.Refresh()
	}
}

func (w *rowHeadRenderer) Layout(size fyne.Size) {
	x := columns(size.Width)
	for i, t := range w.h.texts {
		t.Move(fyne.NewPos(x[i], 0))
		t.Resize(fyne.NewSize(max(0, x[i+1]-x[i]-8), size.Height))
	}
	kit.Pick(size.Width >= midRow, w.h.texts[5].Show, w.h.texts[5].Hide)()
	kit.Pick(size.Width >= wideRow, w.h.texts[6].Show, w.h.texts[6].Hide)()
}
