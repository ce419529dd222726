package typeset

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Overhang is how far letters may reach above and below the height that Fyne gives a line, as a part of their size: the
// marks of Thai and Khmer, for example.
const Overhang = 0.5

// Metrics returns the height of a line of a style as Fyne has it, and where in it the letters stand.
func (f *Fonts) Metrics(style Style) (height, baseline float32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.shape(" ", style).outs[0]
	return float(out.LineBounds.LineThickness()), float(out.LineBounds.Ascent)
}

// Draw puts a line onto an image. It begins at x and stands at the baseline, both in pixels; scale is how many pixels
// there are to Fyne's unit.
func (f *Fonts) Draw(l *Line, to *image.RGBA, x, baseline, scale float32, ink color.Color) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.draw(l, to, x, baseline, scale, ink)
}

func (f *Fonts) draw(l *Line, to *image.RGBA, x, baseline, scale float32, ink color.Color) {
	size := l.style.Size * scale
	var pen vector.Rasterizer
	pen.Reset(to.Rect.Dx(), to.Rect.Dy())
	for _, p := range l.pieces {
		switch p.kind {
		case letters:
			drawLetters(&pen, p, x, baseline, size)
		case pictures:
			f.drawPictures(to, p, x, baseline, size, ink)
		case written:
			f.write(to, p, l.style, x, baseline, size, ink)
		case box:
			drawBox(&pen, x+size*0.1, baseline-size*0.85, float(p.Advance)*scale-size*0.2, size*1.1, max(1, scale))
			if p.label != nil {
				f.draw(p.label, to, x+size*boxMargin/2, baseline-size*0.06, scale, ink)
			}
		}
		x += float(p.Advance) * scale
	}
	pen.Draw(to, to.Rect, image.NewUniform(ink), image.Point{})
}

func drawLetters(pen *vector.Rasterizer, p piece, x, y, size float32) {
	unit := size / float32(p.face.Upem())
	perUnit := size / float(p.Size)
	for _, g := range p.Glyphs {
		outline, ok := p.face.GlyphDataOutline(uint16(g.GlyphID))
		if ok && g.GlyphID != 0 { // a mark that the font has not
			at, up := x+float(g.XOffset)*perUnit, y-float(g.YOffset)*perUnit
			trace(pen, outline, matrix{unit, 0, 0, -unit, at, up})
			if p.isThick {
				trace(pen, outline, matrix{unit, 0, 0, -unit, at + size*thickness, up})
			}
		}
		x += float(g.Advance) * perUnit
	}
}

// thickness is how far the second stroke of bold letters lies beside the first, as a part of their size.
const thickness = 0.035

// drawBox adds a frame with a hole in it.
func drawBox(pen *vector.Rasterizer, x, y, width, height, line float32) {
	x, y = float32(math.Round(float64(x))), float32(math.Round(float64(y)))
	rectangle(pen, x, y, x+width, y+height)
	rectangle(pen, x+width-line, y+line, x+line, y+height-line)
}

// rectangle goes the other way round when its left is at the right.
func rectangle(pen *vector.Rasterizer, left, top, right, bottom float32) {
	pen.MoveTo(left, top)
	pen.LineTo(right, top)
	pen.LineTo(right, bottom)
	pen.LineTo(left, bottom)
	pen.ClosePath()
}

// stamp puts a picture onto an image.
func stamp(to *image.RGBA, picture *image.RGBA, x, y float32) {
	at := image.Pt(int(math.Round(float64(x))), int(math.Round(float64(y))))
	draw.Draw(to, picture.Rect.Add(at), picture, image.Point{}, draw.Over)
}
