package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"perch/ui/typeset"
)

// fonts are those of the theme.
func fonts() *typeset.Fonts {
	if t, ok := theTheme(); ok && t.Fonts != nil {
		return t.Fonts
	}
	return typeset.Builtin()
}

func theTheme() (Theme, bool) {
	t, ok := fyne.CurrentApp().Settings().Theme().(Theme)
	return t, ok
}

// glyphs are one line of text that Fyne would not show rightly, as a picture.
type glyphs struct {
	raster *canvas.Raster
	drawn  *drawnLine
}

// drawnLine is what the picture is made of.
type drawnLine struct {
	line *typeset.Line
	ink  color.Color
}

func newGlyphs() glyphs {
	drawn := &drawnLine{}
	g := glyphs{drawn: drawn, raster: canvas.NewRaster(drawn.paint)}
	g.raster.Hide()
	return g
}

// sideways is how far letters may reach over the ends of a line, in Fyne's units.
const sideways = 2

// show changes what there is to be seen.
func (g glyphs) show(line *typeset.Line, ink color.Color) {
	isSame := g.drawn.line == line && g.drawn.ink == ink
	g.drawn.line, g.drawn.ink = line, ink
	g.raster.Show()
	if !isSame {
		g.raster.Refresh()
	}
}

// place puts the line where a canvas.Text of the same place and size would have it.
func (g glyphs) place(at fyne.Position, size fyne.Size, align fyne.TextAlign) {
	line := g.drawn.line
	height, _ := fonts().Metrics(line.Style())
	over := overhang(line.Style())
	switch align {
	case fyne.TextAlignTrailing:
		at.X += size.Width - line.Width
	case fyne.TextAlignCenter:
		at.X += (size.Width - line.Width) / 2
	}
	if size.Height > height {
		at.Y += (size.Height - height) / 2
	}
	g.raster.Move(at.SubtractXY(sideways, over))
	g.raster.Resize(fyne.NewSize(ceil(line.Width)+2*sideways, ceil(height)+2*over))
}

// overhang is a whole number, as all that the picture is made of is, so that its letters stand in a row with Fyne's.
func overhang(style typeset.Style) float32 { return ceil(style.Size * typeset.Overhang) }

func ceil(v float32) float32 { return float32(math.Ceil(float64(v))) }

// paint implements canvas.Raster's generator.
func (d *drawnLine) paint(width, height int) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	if d.line == nil || width == 0 || height == 0 {
		return picture
	}
	f := fonts()
	lineHeight, baseline := f.Metrics(d.line.Style())
	over := overhang(d.line.Style())
	scale := float32(height) / (ceil(lineHeight) + 2*over)
	at := float32(math.Round(float64(over*scale))) + ceil(baseline*scale)
	f.Draw(d.line, picture, sideways*scale, at, scale, d.ink)
	return picture
}
