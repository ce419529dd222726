package typeset

import (
	"image"
	"image/color"
	"testing"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype/tables"
)

// aFont is Fyne's, with two colours: red and half-transparent blue. Its glyph for "I" is a bar.
func aFont(t *testing.T) (face *font.Face, bar tables.GlyphID) {
	t.Helper()
	whole := *builtins().regular
	whole.CPAL = font.CPAL{{{Red: 255, Alpha: 255}, {Blue: 255, Alpha: 128}}}
	whole.COLR = &tables.COLR1{}
	face = font.NewFace(&whole)
	glyph, ok := face.NominalGlyph('I')
	if !ok {
		t.Fatal("there is no I")
	}
	return face, tables.GlyphID(glyph)
}

func TestLayersOfColour(t *testing.T) {
	face, bar := aFont(t)
	one := tables.Fixed214(1 << 14)
	red, blue := tables.PaintSolid{PaletteIndex: 0, Alpha: one}, tables.PaintSolid{PaletteIndex: 1, Alpha: one}
	filled := func(p tables.PaintTable) tables.PaintGlyph { return tables.PaintGlyph{GlyphID: bar, Paint: p} }
	fade := tables.ColorLine{ColorStops: []tables.ColorStop{{PaletteIndex: 0, Alpha: one}, {StopOffset: one, PaletteIndex: 0}}}
	tests := map[string]struct {
		paint  tables.PaintTable
		want   color.RGBA
		isPart bool
	}{
		"flat layers":                {paint: tables.PaintColrLayersResolved{{GlyphID: bar, PaletteIndex: 0}}, want: color.RGBA{255, 0, 0, 255}},
		"the text's ink":             {paint: tables.PaintColrLayersResolved{{GlyphID: bar, PaletteIndex: 0xFFFF}}, want: color.RGBA{0, 99, 0, 255}},
		"no such colour":             {paint: tables.PaintColrLayersResolved{{GlyphID: bar, PaletteIndex: 9}}, want: color.RGBA{0, 0, 0, 255}},
		"a filled outline":           {paint: filled(red), want: color.RGBA{255, 0, 0, 255}},
		"moved away":                 {paint: tables.PaintTranslate{Paint: filled(red), Dx: 5000}},
		"moved and back":             {paint: tables.PaintTranslate{Paint: tables.PaintTranslate{Paint: filled(red), Dx: -5000}, Dx: 5000}, want: color.RGBA{255, 0, 0, 255}},
		"turned once round":          {paint: tables.PaintRotate{Paint: tables.PaintRotate{Paint: filled(red), Angle: one}, Angle: one}, want: color.RGBA{255, 0, 0, 255}},
		"turned over":                {paint: tables.PaintRotate{Paint: filled(red), Angle: one}},
		"shrunk to itself":           {paint: tables.PaintScaleUniformAroundCenter{Paint: filled(red), Scale: one / 2, CenterX: 185, CenterY: 350}, want: color.RGBA{255, 0, 0, 255}},
		"a gradient":                 {paint: filled(tables.PaintLinearGradient{ColorLine: fade, X1: 0, Y1: 5000, X2: 5000}), want: color.RGBA{237, 0, 0, 237}},
		"a round gradient":           {paint: filled(tables.PaintRadialGradient{ColorLine: fade, X0: 185, Y0: 357, X1: 185, Y1: 357, Radius1: 5000}), want: color.RGBA{255, 0, 0, 255}},
		"a gradient between nothing": {paint: filled(tables.PaintLinearGradient{ColorLine: fade})},
		"a gradient without colours": {paint: filled(tables.PaintLinearGradient{X1: 10, Y2: 10})},
		"one in another":             {paint: tables.PaintComposite{SourcePaint: red, BackdropPaint: filled(blue), CompositeMode: tables.CompositeSrcIn}, want: color.RGBA{128, 0, 0, 128}},
		"one over another":           {paint: tables.PaintComposite{SourcePaint: filled(blue), BackdropPaint: filled(red), CompositeMode: tables.CompositeSrcOver}, want: color.RGBA{127, 0, 128, 255}},
		"shaded":                     {paint: tables.PaintComposite{SourcePaint: blue, BackdropPaint: filled(red), CompositeMode: tables.CompositeSoftLight}, want: color.RGBA{255, 0, 0, 255}},
		"cut out":                    {paint: tables.PaintComposite{SourcePaint: blue, BackdropPaint: filled(red), CompositeMode: tables.CompositeXor}, isPart: true},
		"unknown":                    {paint: tables.PaintVarSolid{}, isPart: true},
		"no such layers":             {paint: tables.PaintColrLayers{NumLayers: 3, FirstLayerIndex: 7}, isPart: true},
		"layers beyond counting":     {paint: tables.PaintColrLayers{NumLayers: 3, FirstLayerIndex: 0xFFFFFFFE}, isPart: true},
		"no such glyph":              {paint: tables.PaintColrGlyph{GlyphID: 3}, isPart: true},
	}
	const unit = 0.1
	box := image.Rect(0, -100, 60, 20)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			picture := drawLayers(face, font.GlyphColor{Paint: tt.paint}, color.RGBA{0, 99, 0, 255}, box, unit)
			if picture == nil || tt.isPart {
				if (picture == nil) != tt.isPart {
					t.Errorf("it is drawn: %v", picture != nil)
				}
				return
			}
			if got := picture.RGBAAt(18, 100-35); near(got, tt.want) {
				return
			}
			t.Errorf("in the middle of the bar it is %v, want %v", picture.RGBAAt(18, 100-35), tt.want)
		})
	}
}

func near(a, b color.RGBA) bool {
	off := func(a, b uint8) bool { return max(a, b)-min(a, b) > 2 }
	return !off(a.R, b.R) && !off(a.G, b.G) && !off(a.B, b.B) && !off(a.A, b.A)
}

func TestLayersWithinThemselvesEnd(t *testing.T) {
	face, bar := aFont(t)
	var deep tables.PaintTable = tables.PaintGlyph{GlyphID: bar, Paint: tables.PaintSolid{}}
	for range 1000 {
		deep = tables.PaintTranslate{Paint: deep}
	}
	if drawLayers(face, font.GlyphColor{Paint: deep}, color.Black, image.Rect(0, 0, 9, 9), 0.01) != nil {
		t.Error("a thousand layers deep is drawn")
	}
}
