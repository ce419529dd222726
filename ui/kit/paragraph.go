package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
)

// Paragraph is text that is broken into lines at spaces. What would steer a reader is shown instead.
type Paragraph struct {
	widget.BaseWidget

	// Color is the text's, TextSize its height; set them before the first use.
	Color    fyne.ThemeColorName
	TextSize float32
	Bold     bool
	Mono     bool

	text  string
	width float32
	lines []string
}

// NewParagraph returns a paragraph.
func NewParagraph(text string, size float32, color fyne.ThemeColorName) *Paragraph {
	p := &Paragraph{text: visible.Lines(text), TextSize: size, Color: color}
	p.ExtendBaseWidget(p)
	return p
}

// Text returns the whole text as it is shown.
func (p *Paragraph) Text() string { return p.text }

// Set changes text and colour.
func (p *Paragraph) Set(text string, color fyne.ThemeColorName) {
	text = visible.Lines(text)
	if p.text == text && p.Color == color {
		return
	}
	p.text, p.Color, p.lines = text, color, nil
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.Refresh()
	return r
}

func (p *Paragraph) style() fyne.TextStyle { return fyne.TextStyle{Bold: p.Bold, Monospace: p.Mono} }

// lineHeight leaves a little air between lines.
func (p *Paragraph) lineHeight() float32 { return p.TextSize * 1.45 }

// wrap breaks the text for a width; before the first layout it is one line.
func (p *Paragraph) wrap(width float32) {
	if p.lines != nil && p.width == width {
		return
	}
	p.width = width
	p.lines = Wrap(p.text, width, func(s string) float32 { return fyne.MeasureText(s, p.TextSize, p.style()).Width })
}

// isRewrapped is set when a paragraph has got another height from its layout. It belongs to Fyne's thread.
var isRewrapped bool

// Rewrapped reports whether a paragraph has got another height since the last call. The window then has to be laid out
// again from its top: Fyne looks for such changes itself, but forgets the outer one of two that are nested.
func Rewrapped() bool {
	was := isRewrapped
	isRewrapped = false
	return was
}

type paragraphRenderer struct {
	p       *Paragraph
	objects []fyne.CanvasObject
}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *paragraphRenderer) Destroy() {}

func (r *paragraphRenderer) MinSize() fyne.Size {
	p := r.p
	return fyne.NewSize(p.TextSize*4, float32(max(1, len(p.lines)))*p.lineHeight())
}

func (r *paragraphRenderer) Layout(size fyne.Size) {
	before := len(r.p.lines)
	r.p.wrap(size.Width)
	r.build()
	if before != len(r.p.lines) {
		canvas.Refresh(r.p) // the height has changed: whoever lays it out has to do so again
		isRewrapped = true
	}
}

func (r *paragraphRenderer) Refresh() {
	r.p.wrap(r.p.Size().Width)
	r.build()
	canvas.Refresh(r.p)
}

func (r *paragraphRenderer) build() {
	p := r.p
	for len(r.objects) < len(p.lines) {
		r.objects = append(r.objects, canvas.NewText("", nil))
	}
	r.objects = r.objects[:len(p.lines)]
	for i, line := range p.lines {
		text := r.objects[i].(*canvas.Text) //nolint:forcetypeassert,errcheck // made above
		text.Text, text.Color, text.TextSize, text.TextStyle = line, theme.Color(p.Color), p.TextSize, p.style()
		text.Move(fyne.NewPos(0, float32(i)*p.lineHeight()))
		text.Resize(fyne.NewSize(p.width, p.lineHeight()))
		text.Refresh()
	}
}
