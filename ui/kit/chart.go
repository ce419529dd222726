package kit

import (
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Chart draws two rows of numbers as bars, one upwards from a line and one downwards. The newest number is at the right.
type Chart struct {
	widget.BaseWidget

	// Explain returns the words for a place that the pointer is at; nil for none.
	Explain func(i int) string
	// Labels stand below, evenly spread; set them before the first use.
	Labels []string

	up, down []int
	hover    int // -1 for none
}

var _ desktop.Hoverable = (*Chart)(nil)

// NewChart returns an empty chart.
func NewChart() *Chart {
	c := &Chart{hover: -1}
	c.ExtendBaseWidget(c)
	return c
}

// Set shows numbers; both rows have the same length. The slices are not kept.
func (c *Chart) Set(up, down []int) {
	if same(c.up, up) && same(c.down, down) {
		return
	}
	c.up, c.down = append(c.up[:0], up...), append(c.down[:0], down...)
	c.Refresh()
}

func same(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// MouseIn implements desktop.Hoverable.
func (c *Chart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (c *Chart) MouseMoved(e *desktop.MouseEvent) {
	at := -1
	if n := len(c.up); n > 0 && c.Size().Width > chartLeft {
		at = int((e.Position.X - chartLeft) / (c.Size().Width - chartLeft) * float32(n))
		if e.Position.X < chartLeft || at >= n {
			at = -1
		}
	}
	c.point(at)
}

// MouseOut implements desktop.Hoverable.
func (c *Chart) MouseOut() { c.point(-1) }

func (c *Chart) point(at int) {
	if c.hover != at {
		c.hover = at
		c.Refresh()
	}
}

const (
	// chartLeft is where the bars begin, chartBottom the height of the labels.
	chartLeft, chartBottom = 34, 20
	chartHeight            = 168
)
