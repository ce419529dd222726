package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Notice is a coloured box with an icon, a sentence, what to do, and perhaps a button.
type Notice struct {
	widget.BaseWidget
	ground       *Ground
	icon         *Icon
	title, about *Paragraph
	side         *fyne.Container
}

// NewNotice returns a hidden notice.
func NewNotice(buttons ...fyne.CanvasObject) *Notice {
	n := &Notice{
		ground: NewGround(WarnSoft, "", Radius), icon: NewIcon("attention", Warn, 20),
		title: NewParagraph("", TextBody, Ink), about: NewParagraph("", TextSmall, Muted), side: HStack(Gap, buttons...),
	}
	n.title.Bold = true
	n.ExtendBaseWidget(n)
	n.Hide()
	return n
}

// Calm makes the sentence stand out less, for what is no trouble. It returns the notice.
func (n *Notice) Calm() *Notice {
	n.title.Bold = false
	return n
}

// Set shows a sentence and what to do about it; an empty sentence hides the notice.
func (n *Notice) Set(icon string, ink, soft fyne.ThemeColorName, title, about string) {
	n.ground.Set(soft, "")
	n.icon.Set(icon, ink)
	n.title.Set(title, Ink)
	n.about.Set(about, Muted)
	setShown(n.about, about != "")
	setShown(n, title != "")
}

func setShown(o fyne.CanvasObject, shown bool) {
	switch {
	case shown && !o.Visible():
		o.Show()
	case !shown && o.Visible():
		o.Hide()
	}
}

// CreateRenderer implements fyne.Widget.
func (n *Notice) CreateRenderer() fyne.WidgetRenderer {
	texts := VStack(1, n.title, n.about)
	row := container.NewBorder(nil, nil, Pad(n.icon, 0, 4), Middle(n.side), Pad(Middle(texts), 0, 6))
	return widget.NewSimpleRenderer(container.NewStack(n.ground, Pad(row, 10, 10)))
}
