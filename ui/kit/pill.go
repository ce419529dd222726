package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Pill is a word on a coloured ground.
type Pill struct {
	widget.BaseWidget
	ground *Ground
	text   *Text
}

// NewPill returns a pill; soft is the ground.
func NewPill(text string, ink, soft fyne.ThemeColorName) *Pill {
	p := &Pill{ground: NewGround(soft, "", 9), text: NewText(text, TextTiny, ink)}
	p.text.Bold = true
	p.text.Align = fyne.TextAlignCenter
	p.ExtendBaseWidget(p)
	return p
}

// Set changes word and colours.
func (p *Pill) Set(text string, ink, soft fyne.ThemeColorName) {
	p.text.Set(text, ink)
	p.ground.Set(soft, "")
}

// CreateRenderer implements fyne.Widget.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(p.ground, Pad(p.text, 2, 9)))
}
