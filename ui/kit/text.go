package kit

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
)

// Text is one line of text without any space around it. What would steer a reader is shown instead. When it is given less width than it needs it is cut with "…";
// a Text with Cut set asks for no width at all.
type Text struct {
	widget.BaseWidget

	// Color is the text's, TextSize its height; set them before the first use.
	Color    fyne.ThemeColorName
	TextSize float32
	Bold     bool
	Mono     bool
	Align    fyne.TextAlign
	Cut      bool

	full  string
	line  *canvas.Text
	width float32 // for which line.Text was cut; 0 for none
}

// NewText returns a line of text.
func NewText(text string, size float32, color fyne.ThemeColorName) *Text {
	t := &Text{full: oneLine(text), TextSize: size, Color: color, line: canvas.NewText("", nil)}
	t.ExtendBaseWidget(t)
	return t
}

// Heading returns a bold line.
func Heading(text string, size float32) *Text {
	t := NewText(text, size, Ink)
	t.Bold = true
	return t
}

// CutText returns a line that takes whatever width there is.
func CutText(text string, size float32, color fyne.ThemeColorName) *Text {
	t := NewText(text, size, color)
	t.Cut = true
	return t
}

// Text returns the whole text as it is shown.
func (t *Text) Text() string { return t.full }

// Set changes text and colour.
func (t *Text) Set(text string, color fyne.ThemeColorName) {
	text = oneLine(text)
	if t.full == text && t.Color == color {
		return
	}
	t.full, t.Color, t.width = text, color, 0
	t.Refresh()
}

// SetText changes the text.
func (t *Text) SetText(text string) { t.Set(text, t.Color) }

func oneLine(text string) string {
	if strings.ContainsAny(text, "\n\r\t") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return visible.Line(text)
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t}
	r.Refresh()
	return r
}

func (t *Text) style() fyne.TextStyle { return fyne.TextStyle{Bold: t.Bold, Monospace: t.Mono} }

type textRenderer struct{ t *Text }

func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t.line} }
func (r *textRenderer) Destroy()                     {}

func (r *textRenderer) MinSize() fyne.Size {
	t := r.t
	if !t.Cut {
		return fyne.MeasureText(t.full, t.TextSize, t.style())
	}
	return fyne.NewSize(t.TextSize, fyne.MeasureText("X", t.TextSize, t.style()).Height)
}

func (r *textRenderer) Layout(size fyne.Size) {
	r.t.line.Resize(size)
	r.fit(size.Width)
}

func (r *textRenderer) Refresh() {
	t := r.t
	t.line.Color, t.line.TextSize, t.line.TextStyle, t.line.Alignment = theme.Color(t.Color), t.TextSize, t.style(), t.Align
	t.width = 0
	r.fit(t.Size().Width)
	t.line.Refresh()
}

// fit cuts the text to a width.
func (r *textRenderer) fit(width float32) {
	t := r.t
	if t.width == width && width > 0 {
		return
	}
	text := t.full
	if t.width = width; width > 0 {
		text = Fit(t.full, width, t.TextSize, t.style())
	}
	if t.line.Text != text {
		t.line.Text = text
		t.line.Refresh()
	}
}

// Fit returns text, cut with "…" where it is wider than width. It measures a few times only, by guessing from the mean
// width of a letter.
func Fit(text string, width, size float32, style fyne.TextStyle) string {
	// No letter of the font is narrower than this part of its size, so that very long texts are never measured whole.
	const narrowest = 0.2
	runes := []rune(text)
	if most := int(width/(size*narrowest)) + 1; len(runes) > most {
		runes = runes[:most]
	}
	full := fyne.MeasureText(string(runes), size, style).Width
	if full <= width+0.5 && len(runes) == utf8.RuneCountInString(text) {
		return text
	}
	n := len(runes)
	for range 4 {
		guess := int(float32(n) * width / max(full, 1))
		if guess >= n {
			guess = n - 1
		}
		if n = guess; n <= 0 {
			return "…"
		}
		cut := strings.TrimRight(string(runes[:n]), " ") + "…"
		if full = fyne.MeasureText(cut, size, style).Width; full <= width {
			return cut
		}
	}
	return strings.TrimRight(string(runes[:n*3/4]), " ") + "…"
}

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

// Wrap breaks a text into lines that are no wider than width where words allow it; a width of 0 breaks at line ends
// only. Longer words are broken between letters.
func Wrap(text string, width float32, measure func(string) float32) []string {
	lines := []string{}
	for part := range strings.SplitSeq(text, "\n") {
		line := ""
		for _, word := range strings.Fields(part) {
			for _, piece := range pieces(word, width, measure) {
				switch joined := strings.TrimLeft(line+" "+piece, " "); {
				case line == "" || width <= 0 || measure(joined) <= width:
					line = joined
				default:
					lines, line = append(lines, line), piece
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// pieces breaks a word that is wider than a line.
func pieces(word string, width float32, measure func(string) float32) []string {
	if width <= 0 {
		return []string{word}
	}
	var out []string
	for full := measure(word); full > width && utf8.RuneCountInString(word) > 1; full = measure(word) {
		runes := []rune(word)
		n := max(1, min(len(runes)-1, int(float32(len(runes))*width/full)))
		for n > 1 && measure(string(runes[:n])) > width {
			n--
		}
		out, word = append(out, string(runes[:n])), string(runes[n:])
	}
	return append(out, word)
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
func (r *paragraphRenderer) Destroy()                     {}

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
