package typeset

import (
	"image"
	"image/color"
	"math"

	"github.com/go-text/typesetting/font/opentype/tables"
)

// source is what an outline is filled with: a colour, a gradient, or another picture.
func (l layers) source(paint tables.PaintTable, m matrix, depth int) (image.Image, bool) {
	for ; depth <= deepest; depth++ {
		inner, n, ok := transformed(paint)
		if !ok {
			break
		}
		paint, m = inner, m.then(n)
	}
	switch p := paint.(type) {
	case tables.PaintSolid:
		return image.NewUniform(l.colorOf(p.PaletteIndex, part(p.Alpha))), true
	case tables.PaintLinearGradient:
		return l.gradient(p.ColorLine, m, linear(p)), true
	case tables.PaintRadialGradient:
		return l.gradient(p.ColorLine, m, radial(p)), true
	case tables.PaintSweepGradient:
		return l.gradient(p.ColorLine, m, sweep(p)), true
	case tables.PaintGlyph, tables.PaintColrGlyph, tables.PaintColrLayers, tables.PaintComposite:
		sheet := l.sheet()
		ok := sheet.paint(paint, m, depth+1)
		return sheet.to, ok
	}
	return image.Transparent, false
}

// gradient is an image of the colours along a line.
type gradient struct {
	bounds image.Rectangle
	back   matrix // from pixels to the font's units
	along  func(x, y float32) (float32, bool)
	extend tables.Extend
	at     []float32
	colors []color.NRGBA
}

func (l layers) gradient(line tables.ColorLine, m matrix, along func(x, y float32) (float32, bool)) image.Image {
	g := gradient{bounds: l.to.Rect, back: m.inverse(), along: along, extend: line.Extend}
	for _, stop := range line.ColorStops {
		g.at = append(g.at, part(stop.StopOffset))
		g.colors = append(g.colors, l.colorOf(stop.PaletteIndex, part(stop.Alpha)))
	}
	if len(g.at) == 0 {
		return image.Transparent
	}
	return g
}

func (m matrix) inverse() matrix {
	det := m[0]*m[3] - m[1]*m[2]
	if det == 0 {
		return matrix{}
	}
	n := matrix{m[3] / det, -m[1] / det, -m[2] / det, m[0] / det, 0, 0}
	e, f := n.of(m[4], m[5])
	n[4], n[5] = -e, -f
	return n
}

// ColorModel implements image.Image.
func (gradient) ColorModel() color.Model { return color.NRGBAModel }

// Bounds implements image.Image.
func (g gradient) Bounds() image.Rectangle { return g.bounds }

// At implements image.Image.
func (g gradient) At(x, y int) color.Color {
	t, ok := g.along(g.back.of(float32(x)+0.5, float32(y)+0.5))
	if !ok {
		return color.NRGBA{}
	}
	first, last := g.at[0], g.at[len(g.at)-1]
	if span := last - first; span > 0 && (t < first || t > last) {
		turns := float64((t - first) / span)
		switch g.extend {
		case tables.ExtendRepeat:
			t = first + span*float32(turns-math.Floor(turns))
		case tables.ExtendReflect:
			t = first + span*float32(1-math.Abs(math.Mod(math.Abs(turns), 2)-1))
		}
	}
	for i, at := range g.at {
		switch {
		case t > at:
		case i == 0 || at == g.at[i-1]:
			return g.colors[i]
		default:
			return between(g.colors[i-1], g.colors[i], (t-g.at[i-1])/(at-g.at[i-1]))
		}
	}
	return g.colors[len(g.colors)-1]
}

func between(a, b color.NRGBA, t float32) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(float32(a) + (float32(b)-float32(a))*t + 0.5) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: mix(a.A, b.A)}
}

// linear tells how far along a gradient from p0 to p1 a point lies; the colours go across the line from p0 to p2.
func linear(p tables.PaintLinearGradient) func(x, y float32) (float32, bool) {
	dx, dy := float32(p.X1)-float32(p.X0), float32(p.Y1)-float32(p.Y0)
	nx, ny := float32(p.Y2)-float32(p.Y0), float32(p.X0)-float32(p.X2) // at a right angle to p0–p2
	whole := dx*nx + dy*ny
	return func(x, y float32) (float32, bool) {
		return ((x-float32(p.X0))*nx + (y-float32(p.Y0))*ny) / whole, whole != 0
	}
}

// radial tells it for a gradient between two circles: the largest t whose circle goes through the point.
func radial(p tables.PaintRadialGradient) func(x, y float32) (float32, bool) {
	r0, dr := float64(p.Radius0), float64(p.Radius1)-float64(p.Radius0)
	dx, dy := float64(p.X1)-float64(p.X0), float64(p.Y1)-float64(p.Y0)
	a := dx*dx + dy*dy - dr*dr
	return func(x, y float32) (float32, bool) {
		px, py := float64(x)-float64(p.X0), float64(y)-float64(p.Y0)
		b, c := px*dx+py*dy+r0*dr, px*px+py*py-r0*r0
		if a == 0 {
			return float32(c / (2 * b)), b != 0
		}
		root := b*b - a*c
		if root < 0 {
			return 0, false
		}
		root = math.Sqrt(root)
		for _, t := range []float64{max((b+root)/a, (b-root)/a), min((b+root)/a, (b-root)/a)} {
			if r0+t*dr >= 0 {
				return float32(t), true
			}
		}
		return 0, false
	}
}

// sweep tells it for a gradient that goes round a point.
func sweep(p tables.PaintSweepGradient) func(x, y float32) (float32, bool) {
	start, end := float64(part(p.StartAngle))+1, float64(part(p.EndAngle))+1 // in half turns
	return func(x, y float32) (float32, bool) {
		angle := math.Atan2(float64(y)-float64(p.CenterY), float64(x)-float64(p.CenterX)) / math.Pi
		if angle < 0 {
			angle += 2
		}
		return float32((angle - start) / (end - start)), end != start
	}
}
