package typeset

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"golang.org/x/image/vector"
)

// matrix maps a font's units to pixels: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float32

func (m matrix) of(x, y float32) (float32, float32) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// then returns what first does n, then m.
func (m matrix) then(n matrix) matrix {
	e, f := m.of(n[4], n[5])
	return matrix{m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1], m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3], e, f}
}

// around does m with a point that stays where it is.
func (m matrix) around(x, y int16) matrix {
	return matrix{1, 0, 0, 1, float32(x), float32(y)}.then(m).then(matrix{1, 0, 0, 1, -float32(x), -float32(y)})
}

func rotation(halfTurns float32) matrix {
	sin, cos := math.Sincos(float64(halfTurns) * math.Pi)
	return matrix{float32(cos), float32(sin), -float32(sin), float32(cos), 0, 0}
}

func skew(x, y float32) matrix {
	return matrix{1, float32(math.Tan(float64(y) * math.Pi)), -float32(math.Tan(float64(x) * math.Pi)), 1, 0, 0}
}

// part is a number as these tables have it, with 14 bits behind the point.
func part(v tables.Fixed214) float32 { return float32(v) / (1 << 14) }

// deepest is how far layers may lie within layers; a font whose layers hold themselves ends there.
const deepest = 24

// layers draws pictures that consist of outlines, each in a colour or a gradient (OpenType's COLR).
type layers struct {
	to   *image.RGBA
	face *font.Face
	ink  color.Color
}

// paint draws a part of a picture, and reports whether it could draw all of it.
func (l layers) paint(paint tables.PaintTable, m matrix, depth int) bool {
	if depth > deepest {
		return false
	}
	if inner, n, ok := transformed(paint); ok {
		return l.paint(inner, m.then(n), depth+1)
	}
	isWhole := true
	switch p := paint.(type) {
	case tables.PaintColrLayersResolved:
		for _, layer := range p {
			l.fill(layer.GlyphID, image.NewUniform(l.colorOf(layer.PaletteIndex, 1)), m)
		}
	case tables.PaintColrLayers:
		if p.FirstLayerIndex+uint32(p.NumLayers) < p.FirstLayerIndex {
			return false // the library would count round
		}
		parts, err := l.face.COLR.LayerList.Resolve(p)
		for _, inner := range parts {
			isWhole = l.paint(inner, m, depth+1) && isWhole
		}
		return isWhole && err == nil
	case tables.PaintGlyph:
		source, ok := l.source(p.Paint, m, depth+1)
		l.fill(p.GlyphID, source, m)
		return ok
	case tables.PaintColrGlyph:
		inner, ok := l.face.COLR.Search(p.GlyphID)
		return ok && l.paint(inner, m, depth+1)
	case tables.PaintComposite:
		return l.compose(p, m, depth+1)
	default:
		source, ok := l.source(paint, m, depth+1)
		draw.Draw(l.to, l.to.Rect, source, l.to.Rect.Min, draw.Over)
		return ok
	}
	return isWhole
}

// transformed returns what a paint that only moves another does to it.
func transformed(paint tables.PaintTable) (inner tables.PaintTable, m matrix, ok bool) {
	switch p := paint.(type) {
	case tables.PaintTransform:
		t := p.Transform
		return p.Paint, matrix{t.Xx, t.Yx, t.Xy, t.Yy, t.Dx, t.Dy}, true
	case tables.PaintTranslate:
		return p.Paint, matrix{1, 0, 0, 1, float32(p.Dx), float32(p.Dy)}, true
	case tables.PaintScale:
		return p.Paint, matrix{part(p.ScaleX), 0, 0, part(p.ScaleY), 0, 0}, true
	case tables.PaintScaleAroundCenter:
		return p.Paint, matrix{part(p.ScaleX), 0, 0, part(p.ScaleY), 0, 0}.around(p.CenterX, p.CenterY), true
	case tables.PaintScaleUniform:
		return p.Paint, matrix{part(p.Scale), 0, 0, part(p.Scale), 0, 0}, true
	case tables.PaintScaleUniformAroundCenter:
		return p.Paint, matrix{part(p.Scale), 0, 0, part(p.Scale), 0, 0}.around(p.CenterX, p.CenterY), true
	case tables.PaintRotate:
		return p.Paint, rotation(part(p.Angle)), true
	case tables.PaintRotateAroundCenter:
		return p.Paint, rotation(part(p.Angle)).around(p.CenterX, p.CenterY), true
	case tables.PaintSkew:
		return p.Paint, skew(part(p.XSkewAngle), part(p.YSkewAngle)), true
	case tables.PaintSkewAroundCenter:
		return p.Paint, skew(part(p.XSkewAngle), part(p.YSkewAngle)).around(p.CenterX, p.CenterY), true
	}
	return nil, matrix{}, false
}

// fill draws the outline of a glyph, filled with a source.
func (l layers) fill(glyph tables.GlyphID, source image.Image, m matrix) {
	outline, ok := l.face.GlyphDataOutline(glyph)
	if !ok {
		return
	}
	var pen vector.Rasterizer
	pen.Reset(l.to.Rect.Dx(), l.to.Rect.Dy())
	trace(&pen, outline, m)
	pen.Draw(l.to, l.to.Rect, source, l.to.Rect.Min)
}

// compose draws one part over, in, or out of another.
func (l layers) compose(p tables.PaintComposite, m matrix, depth int) bool {
	back, front := l.sheet(), l.sheet()
	isWhole := back.paint(p.BackdropPaint, m, depth)
	isWhole = front.paint(p.SourcePaint, m, depth) && isWhole
	out := image.NewRGBA(l.to.Rect)
	switch p.CompositeMode {
	case tables.CompositeSrcOver:
		draw.Draw(back.to, out.Rect, front.to, out.Rect.Min, draw.Over)
		out = back.to
	case tables.CompositeDestOver:
		draw.Draw(front.to, out.Rect, back.to, out.Rect.Min, draw.Over)
		out = front.to
	case tables.CompositeSrc:
		out = front.to
	case tables.CompositeDest:
		out = back.to
	case tables.CompositeSrcIn:
		draw.DrawMask(out, out.Rect, front.to, out.Rect.Min, back.to, out.Rect.Min, draw.Src)
	case tables.CompositeDestIn:
		draw.DrawMask(out, out.Rect, back.to, out.Rect.Min, front.to, out.Rect.Min, draw.Src)
	case tables.CompositeSrcAtop:
		draw.DrawMask(out, out.Rect, front.to, out.Rect.Min, back.to, out.Rect.Min, draw.Src)
		draw.Draw(back.to, out.Rect, out, out.Rect.Min, draw.Over)
		out = back.to
	default: // the blends only shade what is below them: flags wave
		out = back.to
		isWhole = isWhole && p.CompositeMode >= tables.CompositeScreen
	}
	draw.Draw(l.to, l.to.Rect, out, l.to.Rect.Min, draw.Over)
	return isWhole
}

// sheet is an empty one of the same size.
func (l layers) sheet() layers { return layers{image.NewRGBA(l.to.Rect), l.face, l.ink} }

// colorOf is a colour of the font's first palette.
func (l layers) colorOf(index uint16, alpha float32) color.NRGBA {
	const inkOfText = 0xFFFF
	c := color.NRGBA{A: 0xFF}
	switch {
	case index == inkOfText:
		c = color.NRGBAModel.Convert(l.ink).(color.NRGBA) //nolint:forcetypeassert,errcheck // what the model makes
	case len(l.face.CPAL) > 0 && int(index) < len(l.face.CPAL[0]):
		r := l.face.CPAL[0][index]
		c = color.NRGBA{R: r.Red, G: r.Green, B: r.Blue, A: r.Alpha}
	}
	c.A = uint8(float32(c.A) * min(max(alpha, 0), 1))
	return c
}

// drawLayers draws a picture of layers; nil when a part of it is of no kind that is known here.
func drawLayers(face *font.Face, data font.GlyphColor, ink color.Color, box image.Rectangle, unit float32) *image.RGBA {
	l := layers{image.NewRGBA(image.Rect(0, 0, box.Dx(), box.Dy())), face, ink}
	if !l.paint(data.Paint, matrix{unit, 0, 0, -unit, -float32(box.Min.X), -float32(box.Min.Y)}, 0) {
		return nil
	}
	return l.to
}

// trace adds an outline.
func trace(pen *vector.Rasterizer, outline font.GlyphOutline, m matrix) {
	isOpen := false
	for _, s := range outline.Segments {
		ax, ay := m.of(s.Args[0].X, s.Args[0].Y)
		bx, by := m.of(s.Args[1].X, s.Args[1].Y)
		cx, cy := m.of(s.Args[2].X, s.Args[2].Y)
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			if isOpen {
				pen.ClosePath()
			}
			pen.MoveTo(ax, ay)
			isOpen = true
		case opentype.SegmentOpLineTo:
			pen.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			pen.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			pen.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	if isOpen {
		pen.ClosePath()
	}
}
