package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
)

// Picture is a box of a fixed height that shows a sentence until it is given a picture. The picture can be pressed, by
// the keyboard too; the sentence cannot.
type Picture struct {
	widget.BaseWidget

	// OnTapped is called when the picture is pressed; nil for nothing.
	OnTapped func()

	label     string
	height    float32
	image     *canvas.Image
	text      *Paragraph
	isFocused bool
}

var (
	_ fyne.Focusable     = (*Picture)(nil)
	_ fyne.Tappable      = (*Picture)(nil)
	_ fyne.Accessible    = (*Picture)(nil)
	_ desktop.Cursorable = (*Picture)(nil)
)

// NewPicture returns a box without a picture; label is what a screen reader says.
func NewPicture(label, text string, height float32) *Picture {
	p := &Picture{label: visible.Line(label), height: height, image: canvas.NewImageFromImage(nil), text: NewParagraph(text, TextSmall, Muted)}
	p.image.FillMode = canvas.ImageFillContain
	p.image.Hide()
	p.ExtendBaseWidget(p)
	return p
}

// SetImage shows a picture.
func (p *Picture) SetImage(i image.Image) {
	p.image.Image = i
	p.image.Show()
	p.text.Hide()
	p.Refresh()
}

// SetText shows a sentence in place of the picture.
func (p *Picture) SetText(text string) {
	p.image.Image = nil
	p.image.Hide()
	p.text.Set(text, Muted)
	p.text.Show()
	p.Refresh()
}

// Image returns the picture; nil for none.
func (p *Picture) Image() image.Image { return p.image.Image }

// AccessibilityLabel implements fyne.Accessible.
func (p *Picture) AccessibilityLabel() string { return p.label }

// AccessibilityRole implements fyne.Accessible.
func (p *Picture) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped implements fyne.Tappable.
func (p *Picture) Tapped(*fyne.PointEvent) {
	if p.image.Image != nil && p.OnTapped != nil {
		p.OnTapped()
	}
}

// TypedKey implements fyne.Focusable.
func (p *Picture) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	case fyne.KeyEscape:
		escape(p)
	}
}

// TypedRune implements fyne.Focusable.
func (p *Picture) TypedRune(rune) {}

// FocusGained implements fyne.Focusable.
func (p *Picture) FocusGained() { p.isFocused = true; p.Refresh() }

// FocusLost implements fyne.Focusable.
func (p *Picture) FocusLost() { p.isFocused = false; p.Refresh() }

// Cursor implements desktop.Cursorable.
func (p *Picture) Cursor() desktop.Cursor {
	if p.image.Image != nil && p.OnTapped != nil {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer implements fyne.Widget.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer {
	frame := canvas.NewRectangle(nil)
	sentence := Pad(Middle(p.text), 10, 12)
	content := container.NewStack(frame, sentence, Pad(p.image, 1, 1))
	r := &pictureRenderer{widget.NewSimpleRenderer(content), p, frame}
	r.Refresh()
	return r
}

type pictureRenderer struct {
	fyne.WidgetRenderer
	p     *Picture
	frame *canvas.Rectangle
}

func (r *pictureRenderer) MinSize() fyne.Size { return fyne.NewSize(r.p.height/2, r.p.height) }

func (r *pictureRenderer) Refresh() {
	r.frame.FillColor, r.frame.CornerRadius = paint(Sunken), 8
	r.frame.StrokeColor, r.frame.StrokeWidth = paint(Border), 1
	if r.p.isFocused {
		r.frame.StrokeColor, r.frame.StrokeWidth = theme.Color(Accent), 2
	}
	r.frame.Refresh()
	r.p.image.Refresh()
	r.WidgetRenderer.Refresh()
}
