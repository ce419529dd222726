package kit

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
	"perch/ui/typeset"
)

// Paragraph is text, in any script, that is broken into lines. What would steer a reader is shown instead. Text that is
// read from right to left stands at the right. Where a script has no font, a line below says so.
type Paragraph struct {
	widget.BaseWidget

	// Color is the text's, TextSize its height; set them before the first use.
	Color    fyne.ThemeColorName
	TextSize float32
	Bold     bool
	Mono     bool

	text  string
	width float32
	lines []paragraphLine
}

// paragraphLine is one line: a text that Fyne shows, or one that was set.
type paragraphLine struct {
	text   string
	set    *typeset.Line
	isNote bool // about the paragraph
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

// Natural is how wide the text is where nothing breaks it but its own line ends.
func (p *Paragraph) Natural() float32 {
	width := float32(0)
	for line := range strings.SplitSeq(p.text, "\n") {
		f, style := fonts(), typeset.Style{Size: p.TextSize, Bold: p.Bold, Mono: p.Mono}
		if f.IsPlain(line, style) {
			width = max(width, fyne.MeasureText(line, p.TextSize, p.style()).Width)
		} else {
			width = max(width, f.Line(line, style).Width)
		}
	}
	return width
}

func (p *Paragraph) style() fyne.TextStyle { return fyne.TextStyle{Bold: p.Bold, Monospace: p.Mono} }

// lineHeight leaves a little air between lines.
func (p *Paragraph) lineHeight() float32 { return p.TextSize * 1.45 }

// wrap breaks the text for a width; before the first layout it is one line.
func (p *Paragraph) wrap(width float32) {
	if p.lines != nil && p.width == width {
		return
	}
	p.width, p.lines = width, nil
	f := fonts()
	style := typeset.Style{Size: p.TextSize, Bold: p.Bold, Mono: p.Mono}
	if f.IsPlain(p.text, style) {
		p.add(Wrap(p.text, width, func(s string) float32 { return fyne.MeasureText(s, p.TextSize, p.style()).Width }), false)
		return
	}
	var missing []string
	isWaiting := false
	for _, line := range f.Wrap(p.text, width, style) {
		p.lines = append(p.lines, paragraphLine{set: line})
		isWaiting = isWaiting || line.IsWaiting
		for _, script := range line.Missing {
			if name := f.ScriptName(script); !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
	}
	if isWaiting {
		f.Await(p, func() { p.lines = nil; p.Refresh(); isRewrapped = true })
	}
	if t, _ := theTheme(); len(missing) > 0 && t.NoFont != nil {
		note := t.NoFont(strings.Join(missing, ", "))
		p.add(Wrap(note, width, func(s string) float32 { return fyne.MeasureText(s, TextTiny, fyne.TextStyle{}).Width }), true)
	}
}

func (p *Paragraph) add(lines []string, isNote bool) {
	for _, line := range lines {
		p.lines = append(p.lines, paragraphLine{text: line, isNote: isNote})
	}
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
	texts   []*canvas.Text // kept for the next text, as glyphs are
	glyphs  []glyphs
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
	r.objects = r.objects[:0]
	texts, set := 0, 0
	for i, line := range p.lines {
		at, size := fyne.NewPos(0, float32(i)*p.lineHeight()), fyne.NewSize(p.width, p.lineHeight())
		if line.set != nil {
			if set == len(r.glyphs) {
				r.glyphs = append(r.glyphs, newGlyphs())
			}
			r.glyphs[set].show(line.set, theme.Color(p.Color))
			r.glyphs[set].place(at, size, sideOf(line.set, p.width))
			r.objects = append(r.objects, r.glyphs[set].raster)
			set++
			continue
		}
		if texts == len(r.texts) {
			r.texts = append(r.texts, canvas.NewText("", nil))
		}
		text := r.texts[texts]
		text.Text, text.Color, text.TextSize, text.TextStyle = line.text, theme.Color(p.Color), p.TextSize, p.style()
		if line.isNote {
			text.Color, text.TextSize, text.TextStyle = theme.Color(Muted), TextTiny, fyne.TextStyle{}
		}
		text.Move(at)
		text.Resize(size)
		text.Refresh()
		r.objects = append(r.objects, text)
		texts++
	}
}

// sideOf is where a line belongs: before the first layout there is no right side.
func sideOf(line *typeset.Line, width float32) fyne.TextAlign {
	if line.RightToLeft && width > 0 {
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}
