package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// wheel lies on an entry and gives the page what the mouse wheel says: Fyne's entry would keep it, and a page full of entries
// would stop to scroll whenever one comes below the pointer. It takes nothing else, so clicks reach the entry.
type wheel struct {
	widget.BaseWidget
	on fyne.CanvasObject
}

var _ fyne.Scrollable = (*wheel)(nil)

func newWheel(on fyne.CanvasObject) *wheel {
	w := &wheel{on: on}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	c := canvasOf(w.on)
	if c == nil {
		return
	}
	if around := scrollAround(c.Content(), w.on, nil); around != nil {
		around.Scrolled(e)
	}
}

// scrollAround is the innermost scroll that what is looked for lies in, below root; around is the one that root lies in.
func scrollAround(root, sought fyne.CanvasObject, around *container.Scroll) *container.Scroll {
	if root == sought {
		return around
	}
	switch v := root.(type) {
	case *fyne.Container:
		for _, child := range v.Objects {
			if found := scrollAround(child, sought, around); found != nil {
				return found
			}
		}
	case *container.Scroll:
		return scrollAround(v.Content, sought, v)
	}
	return nil
}

// entryRenderer is Fyne's, with the wheel above it.
type entryRenderer struct {
	fyne.WidgetRenderer
	wheel *wheel
}

// Layout implements fyne.WidgetRenderer.
func (r *entryRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.wheel.Resize(size)
}

// Objects implements fyne.WidgetRenderer.
func (r *entryRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clip(r.WidgetRenderer.Objects()), r.wheel)
}
