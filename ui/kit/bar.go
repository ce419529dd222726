package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Bar shows how much of something is used.
type Bar struct {
	widget.BaseWidget
	track, fill *canvas.Rectangle
	value       float64
	tone        fyne.ThemeColorName
}

// NewBar returns an empty bar.
func NewBar() *Bar {
	b := &Bar{track: canvas.NewRectangle(nil), fill: canvas.NewRectangle(nil), tone: Accent}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a part between 0 and 1.
func (b *Bar) Set(value float64, tone fyne.ThemeColorName) {
	if value = min(max(value, 0), 1); b.value == value && b.tone == tone {
		return
	}
	b.value, b.tone = value, tone
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b}
	r.Refresh()
	return r
}

type barRenderer struct{ b *Bar }

func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.track, r.b.fill} }

func (r *barRenderer) Destroy() {}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(40, 8) }

func (r *barRenderer) Layout(size fyne.Size) {
	r.b.track.Resize(size)
	width := size.Width * float32(r.b.value)
	if r.b.value > 0 {
		width = max(width, size.Height)
	}
	r.b.fill.Resize(fyne.NewSize(width, size.Height))
}

func (r *barRenderer) Refresh() {
	b := r.b
	b.track.FillColor, b.track.CornerRadius = theme.Color(IdleSoft), 4
	b.fill.FillColor, b.fill.CornerRadius, b.fill.Hidden = theme.Color(b.tone), 4, b.value == 0
	r.Layout(b.Size())
	b.track.Refresh()
	b.fill.Refresh()
}
