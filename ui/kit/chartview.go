package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	r := &chartRenderer{
		c: c, axis: canvas.NewRectangle(nil), most: canvas.NewText("", nil), least: canvas.NewText("", nil),
		tip: canvas.NewText("", nil), mark: canvas.NewRectangle(nil), lines: [2]*canvas.Rectangle{canvas.NewRectangle(nil), canvas.NewRectangle(nil)},
	}
	for range c.Labels {
		r.labels = append(r.labels, canvas.NewText("", nil))
	}
	r.Refresh()
	return r
}

type chartRenderer struct {
	c           *Chart
	axis, mark  *canvas.Rectangle
	lines       [2]*canvas.Rectangle // at the most, above and below
	most, least *canvas.Text
	tip         *canvas.Text
	labels      []*canvas.Text
	up, down    []*canvas.Rectangle
}

func (r *chartRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.lines[0], r.lines[1], r.mark}
	for i := range r.up {
		objects = append(objects, r.up[i], r.down[i])
	}
	objects = append(objects, r.axis, r.most, r.least, r.tip)
	for _, l := range r.labels {
		objects = append(objects, l)
	}
	return objects
}

func (r *chartRenderer) Destroy() {}

func (r *chartRenderer) MinSize() fyne.Size { return fyne.NewSize(240, chartHeight) }

func (r *chartRenderer) Refresh() {
	for len(r.up) < len(r.c.up) {
		r.up, r.down = append(r.up, canvas.NewRectangle(nil)), append(r.down, canvas.NewRectangle(nil))
	}
	r.up, r.down = r.up[:len(r.c.up)], r.down[:len(r.c.up)]
	for i := range r.up {
		r.up[i].FillColor, r.down[i].FillColor = theme.Color(Accent), theme.Color(AccentDeep)
		r.up[i].CornerRadius, r.down[i].CornerRadius = 1.5, 1.5
	}
	r.axis.FillColor, r.mark.FillColor = theme.Color(Faint), theme.Color(theme.ColorNameHover)
	for _, l := range r.lines {
		l.FillColor = theme.Color(theme.ColorNameSeparator)
	}
	for _, t := range append([]*canvas.Text{r.most, r.least}, r.labels...) {
		t.Color, t.TextSize = theme.Color(Faint), TextTiny
	}
	r.tip.Color, r.tip.TextSize, r.tip.Alignment = theme.Color(Muted), TextTiny, fyne.TextAlignTrailing
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}

// Layout places the bars. Both directions have the same scale, so that they can be compared.
func (r *chartRenderer) Layout(size fyne.Size) {
	highest, lowest := nice(largest(r.c.up)), nice(largest(r.c.down))
	height, width := size.Height-chartBottom, size.Width-chartLeft
	if width <= 0 || height <= 0 {
		return
	}
	unit := height / float32(highest+lowest)
	zero := unit * float32(highest)
	place(r.axis, chartLeft, zero-0.5, width, 1)
	place(r.lines[0], chartLeft, 0, width, 1)
	place(r.lines[1], chartLeft, height-1, width, 1)
	if n := len(r.up); n > 0 {
		step := width / float32(n)
		gap := max(1, step*0.22)
		for i := range r.up {
			x := chartLeft + float32(i)*step + gap/2
			up, down := unit*float32(r.c.up[i]), unit*float32(r.c.down[i])
			place(r.up[i], x, zero-up-0.5, step-gap, up)
			place(r.down[i], x, zero+0.5, step-gap, down)
		}
		r.point(step, height)
	}
	word(r.most, strconv.Itoa(highest), 0, 0, chartLeft-6, fyne.TextAlignTrailing)
	word(r.least, strconv.Itoa(lowest), 0, height-15, chartLeft-6, fyne.TextAlignTrailing)
	for i, label := range r.labels {
		align, x, part := fyne.TextAlignCenter, chartLeft+width*float32(i)/float32(max(1, len(r.labels)-1))-60, float32(120)
		switch i {
		case 0:
			align, x = fyne.TextAlignLeading, chartLeft
		case len(r.labels) - 1:
			align, x = fyne.TextAlignTrailing, size.Width-120
		}
		word(label, r.c.Labels[i], x, height+4, part, align)
	}
}

// point explains the bars under the pointer.
func (r *chartRenderer) point(step, height float32) {
	r.tip.Text = ""
	r.mark.Hidden = r.c.hover < 0
	if r.c.hover < 0 || r.c.hover >= len(r.up) {
		return
	}
	place(r.mark, chartLeft+float32(r.c.hover)*step, 0, step, height)
	if r.c.Explain != nil {
		word(r.tip, r.c.Explain(r.c.hover), chartLeft, 2, r.c.Size().Width-chartLeft-4, fyne.TextAlignTrailing)
	}
}

func place(r *canvas.Rectangle, x, y, width, height float32) {
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(width, height))
}

func word(t *canvas.Text, text string, x, y, width float32, align fyne.TextAlign) {
	t.Text, t.Alignment = text, align
	t.Move(fyne.NewPos(x, y))
	t.Resize(fyne.NewSize(width, 14))
}

func largest(numbers []int) int {
	most := 0
	for _, n := range numbers {
		most = max(most, n)
	}
	return most
}

// nice rounds up to a number that is easy to read, and is never less than 3.
func nice(n int) int {
	for step := 1; ; step *= 10 {
		for _, m := range []int{3, 4, 5, 6, 8, 10, 15, 20, 30} {
			if n <= m*step {
				return m * step
			}
		}
	}
}
