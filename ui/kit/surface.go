package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// paint returns a colour of the theme; nothing for "".
func paint(name fyne.ThemeColorName) color.Color {
	if name == "" {
		return color.Transparent
	}
	return theme.Color(name)
}

// Ground is a coloured rectangle, for behind other things.
type Ground struct {
	widget.BaseWidget

	fill, frame fyne.ThemeColorName
	radius      float32
	rectangle   *canvas.Rectangle
}

// NewGround returns a rectangle; fill or frame may be "" for none.
func NewGround(fill, frame fyne.ThemeColorName, radius float32) *Ground {
	g := &Ground{fill: fill, frame: frame, radius: radius, rectangle: canvas.NewRectangle(nil)}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the colours.
func (g *Ground) Set(fill, frame fyne.ThemeColorName) {
	if g.fill == fill && g.frame == frame {
		return
	}
	g.fill, g.frame = fill, frame
	g.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{widget.NewSimpleRenderer(g.rectangle), g}
	r.Refresh()
	return r
}

type groundRenderer struct {
	fyne.WidgetRenderer
	g *Ground
}

func (r *groundRenderer) Refresh() {
	g := r.g
	g.rectangle.FillColor, g.rectangle.CornerRadius = paint(g.fill), g.radius
	if g.rectangle.StrokeWidth = 0; g.frame != "" {
		g.rectangle.StrokeWidth, g.rectangle.StrokeColor = 1, paint(g.frame)
	}
	g.rectangle.Refresh()
}

// Card puts content onto a framed surface with space around it.
func Card(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewGround(Surface, Border, Radius), Pad(content, GapBig, GapBig))
}

// Pad puts space around content: above and below, left and right.
func Pad(content fyne.CanvasObject, vertical, horizontal float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), content)
}

// VStack puts objects below each other with a gap between them.
func VStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// HStack puts objects beside each other with a gap between them; layout.NewSpacer takes what is left.
func HStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

// Space takes what is left in an HStack or VStack.
func Space() fyne.CanvasObject { return layout.NewSpacer() }

// Middle keeps an object at its own height in the middle of a row.
func Middle(object fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(0), layout.NewSpacer(), object, layout.NewSpacer())
}

// AtLeast gives content a least size.
func AtLeast(content fyne.CanvasObject, size fyne.Size) *fyne.Container {
	hold := canvas.NewRectangle(color.Transparent)
	hold.SetMinSize(size)
	return container.NewStack(hold, content)
}

// Framed puts a frame around one of Fyne's widgets that has none, and gives it a width.
func Framed(content fyne.CanvasObject, width float32) *fyne.Container {
	return AtLeast(container.NewStack(content, NewGround("", theme.ColorNameInputBorder, 8)), fyne.NewSize(width, 0))
}

// Columns lays objects out in columns of the same width; with less than least for each it starts another row.
type Columns struct{ Gap, Least float32 }

// Layout implements fyne.Layout.
func (c Columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := notHidden(objects)
	n := c.number(len(shown), size.Width)
	width := (size.Width - c.Gap*float32(n-1)) / float32(n)
	y := float32(0)
	for from := 0; from < len(shown); from += n {
		row := shown[from:min(from+n, len(shown))]
		height := tallest(row)
		for i, o := range row {
			o.Move(fyne.NewPos(float32(i)*(width+c.Gap), y))
			o.Resize(fyne.NewSize(width, height))
		}
		y += height + c.Gap
	}
}

// MinSize implements fyne.Layout. Its height is that of all objects in the rows of the present width.
func (c Columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	shown := notHidden(objects)
	if len(shown) == 0 {
		return fyne.Size{}
	}
	last := shown[len(shown)-1]
	rows := 1
	if first := shown[0]; last.Size().Width > 0 && last.Position().Y > first.Position().Y {
		n := 1
		for n < len(shown) && shown[n].Position().Y == first.Position().Y {
			n++
		}
		rows = (len(shown) + n - 1) / n
	}
	return fyne.NewSize(c.Least, float32(rows)*(tallest(shown)+c.Gap)-c.Gap)
}

func (c Columns) number(objects int, width float32) int {
	return max(1, min(objects, int((width+c.Gap)/(c.Least+c.Gap))))
}

func notHidden(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var shown []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

func tallest(objects []fyne.CanvasObject) float32 {
	height := float32(0)
	for _, o := range objects {
		height = max(height, o.MinSize().Height)
	}
	return height
}

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

// Rule is a thin line between things.
func Rule() fyne.CanvasObject {
	return AtLeast(NewGround(Border, "", 0), fyne.NewSize(1, 1))
}

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
func (r *barRenderer) Destroy()                     {}
func (r *barRenderer) MinSize() fyne.Size           { return fyne.NewSize(40, 8) }

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
	words := VStack(1, n.title, n.about)
	row := container.NewBorder(nil, nil, Pad(n.icon, 0, 4), Middle(n.side), Pad(Middle(words), 0, 6))
	return widget.NewSimpleRenderer(container.NewStack(n.ground, Pad(row, 10, 10)))
}

func stacked(objects ...fyne.CanvasObject) fyne.CanvasObject { return container.NewStack(objects...) }
