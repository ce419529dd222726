package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
	"perch/ui/typeset"
)

// Text is one line of text, in any script, without any space around it. What would steer a reader is shown instead. When
// it is given less width than it needs it is cut with "…"; a Text with Cut set asks for no width at all.
type Text struct {
	widget.BaseWidget

	// Color is the text's, TextSize its height; set them before the first use.
	Color    fyne.ThemeColorName
	TextSize float32
	Bold     bool
	Mono     bool
	Align    fyne.TextAlign
	Cut      bool

	full   string
	line   *canvas.Text
	glyphs glyphs  // instead of line, where Fyne would not show the text rightly
	width  float32 // for which the text was cut; 0 for none
}

// NewText returns a line of text.
func NewText(text string, size float32, color fyne.ThemeColorName) *Text {
	t := &Text{full: oneLine(text), TextSize: size, Color: color, line: canvas.NewText("", nil), glyphs: newGlyphs()}
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

func (t *Text) setting() typeset.Style {
	return typeset.Style{Size: t.TextSize, Bold: t.Bold, Mono: t.Mono}
}

type textRenderer struct{ t *Text }

func (r *textRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.line, r.t.glyphs.raster}
}

func (r *textRenderer) Destroy() {}

func (r *textRenderer) MinSize() fyne.Size {
	t := r.t
	if t.Cut {
		return fyne.NewSize(t.TextSize, fyne.MeasureText("X", t.TextSize, t.style()).Height)
	}
	size := fyne.MeasureText(t.full, t.TextSize, t.style())
	if f := fonts(); !f.IsPlain(t.full, t.setting()) {
		size.Width = f.Line(t.full, t.setting()).Width
	}
	return size
}

func (r *textRenderer) Layout(size fyne.Size) {
	r.t.line.Resize(size)
	r.fit(size)
}

func (r *textRenderer) Refresh() {
	t := r.t
	t.line.Color, t.line.TextSize, t.line.TextStyle, t.line.Alignment = theme.Color(t.Color), t.TextSize, t.style(), t.Align
	t.width = 0
	r.fit(t.Size())
	t.line.Refresh()
}

// fit cuts the text to a width.
func (r *textRenderer) fit(size fyne.Size) {
	t := r.t
	if f := fonts(); !f.IsPlain(t.full, t.setting()) {
		t.line.Hide()
		line := f.Cut(t.full, size.Width, t.setting())
		t.glyphs.show(line, theme.Color(t.Color))
		t.glyphs.place(fyne.NewPos(0, 0), size, t.Align)
		if line.IsWaiting {
			f.Await(t, t.Refresh)
		}
		return
	}
	t.glyphs.raster.Hide()
	t.line.Show()
	if t.width == size.Width && size.Width > 0 {
		return
	}
	text := t.full
	if t.width = size.Width; size.Width > 0 {
		text = Fit(t.full, size.Width, t.TextSize, t.style())
	}
	if t.line.Text != text {
		t.line.Text = text
		t.line.Refresh()
	}
}
