package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b: b, ground: canvas.NewRectangle(nil), veil: canvas.NewRectangle(nil), text: canvas.NewText("", nil),
		image: canvas.NewImageFromResource(nil),
	}
	r.image.FillMode = canvas.ImageFillContain
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b            *Button
	ground, veil *canvas.Rectangle
	text         *canvas.Text
	image        *canvas.Image
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.veil, r.image, r.text}
}

func (r *buttonRenderer) Destroy() {}

// sizes returns the height, the space at the sides, the size of the text and that of the icon.
func (r *buttonRenderer) sizes() (height, side, text, icon float32) {
	if r.b.isSmall {
		return 28, 10, TextSmall, 15
	}
	return 34, 14, TextBody, 17
}

func (r *buttonRenderer) MinSize() fyne.Size {
	height, side, size, icon := r.sizes()
	width := fyne.MeasureText(r.b.text, size, fyne.TextStyle{}).Width
	switch {
	case r.b.text == "":
		return fyne.NewSquareSize(height)
	case r.b.icon != "":
		width += icon + 7
	}
	return fyne.NewSize(width+2*side, height)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	_, _, textSize, icon := r.sizes()
	r.ground.Resize(size)
	r.veil.Resize(size)
	text := fyne.MeasureText(r.b.text, textSize, fyne.TextStyle{})
	whole := text.Width
	if r.b.icon != "" {
		whole = icon
		if r.b.text != "" {
			whole += 7 + text.Width
		}
	}
	x := (size.Width - whole) / 2
	if r.b.icon != "" {
		r.image.Move(fyne.NewPos(x, (size.Height-icon)/2))
		r.image.Resize(fyne.NewSquareSize(icon))
		x += icon + 7
	}
	r.text.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
	r.text.Resize(text)
}

func (r *buttonRenderer) Refresh() {
	b := r.b
	ground, frame, ink := r.colors()
	_, _, size, _ := r.sizes()
	r.ground.CornerRadius, r.veil.CornerRadius = 8, 8
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth = paint(ground), paint(frame), 1
	r.veil.FillColor = paint("")
	if b.isHovered && !b.Disabled() {
		r.veil.FillColor = theme.Color(theme.ColorNameHover)
	}
	if b.isFocused {
		r.ground.StrokeColor, r.ground.StrokeWidth = theme.Color(Accent), 2
		if b.emphasis == Strong {
			r.ground.StrokeColor = theme.Color(Ink)
		}
	}
	r.text.Text, r.text.TextSize, r.text.Color = b.text, size, theme.Color(ink)
	if r.image.Hidden = b.icon == ""; b.icon != "" {
		r.image.Resource = Drawing(b.icon, theme.Color(ink))
		r.image.Refresh()
	}
	r.Layout(b.Size())
	r.ground.Refresh()
	r.veil.Refresh()
	r.text.Refresh()
}

// colors returns the names of ground, frame and text; "" is none.
func (r *buttonRenderer) colors() (ground, frame, ink fyne.ThemeColorName) {
	switch {
	case r.b.Disabled() && r.b.emphasis == Quiet:
		return "", "", theme.ColorNameDisabled
	case r.b.Disabled():
		return theme.ColorNameDisabledButton, Border, theme.ColorNameDisabled
	case r.b.emphasis == Strong:
		return Accent, Accent, theme.ColorNameForegroundOnPrimary
	case r.b.emphasis == Danger:
		return theme.ColorNameButton, Bad, Bad
	case r.b.emphasis == Quiet:
		return "", "", Muted
	}
	return theme.ColorNameButton, theme.ColorNameInputBorder, Ink
}
