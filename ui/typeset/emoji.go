package typeset

import (
	"bytes"
	"image"
	"image/color"
	_ "image/jpeg" // the formats that pictures in fonts have
	_ "image/png"
	"math"
	"regexp"
	"strconv"

	"github.com/fyne-io/oksvg"
	"github.com/go-text/typesetting/font"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/draw"
)

// canDraw reports whether a font's picture is of a kind that is drawn here: a bitmap, a drawing, or layers of colour.
func canDraw(face *font.Face, r rune) bool {
	glyph, ok := face.NominalGlyph(r)
	if !ok {
		return false
	}
	switch data := face.GlyphData(glyph).(type) {
	case font.GlyphBitmap:
		return data.Format == font.PNG || data.Format == font.JPG
	case font.GlyphSVG:
		return viewBox.Match(data.Source)
	case font.GlyphColor:
		return drawLayers(face, data, color.Black, image.Rect(0, 0, 1, 1), 1/float32(face.Upem())) != nil
	}
	return false
}

type pictureKey struct {
	face  *font.Face
	glyph font.GID
	size  float32
}

func (f *Fonts) drawPictures(to *image.RGBA, p piece, x, y, size float32, ink color.Color) {
	perUnit := size / float(p.Size)
	for _, g := range p.Glyphs {
		left, up := x+float(g.XOffset)*perUnit, y-float(g.YOffset)*perUnit
		x += float(g.Advance) * perUnit
		switch data := p.face.GlyphData(g.GlyphID).(type) {
		case font.GlyphBitmap:
			bounds := image.Rect(0, 0, pixels(float(g.Width)*perUnit), pixels(-float(g.Height)*perUnit))
			f.stampCached(to, pictureKey{p.face, g.GlyphID, size}, left+float(g.XBearing)*perUnit, up-float(g.YBearing)*perUnit,
				func() *image.RGBA { return scaled(data, bounds) })
		case font.GlyphSVG:
			drop := dropOf(data.Source) * size
			f.stampCached(to, pictureKey{p.face, g.GlyphID, size}, left, up-drop, func() *image.RGBA { return drawing(data, pixels(size)) })
		case font.GlyphColor:
			box := image.Rect(-pixels(size*0.15), -pixels(size*1.2), pixels(float(g.Advance)*perUnit+size*0.15), pixels(size*0.4))
			f.stampCached(to, pictureKey{p.face, g.GlyphID, size}, left+float32(box.Min.X), up+float32(box.Min.Y), func() *image.RGBA {
				return drawLayers(p.face, data, ink, box, size/float32(p.face.Upem()))
			})
		}
	}
}

// mostPixels bounds a picture, whatever a font says of its size.
const mostPixels = 512

func pixels(v float32) int { return min(max(int(math.Round(float64(v))), 1), mostPixels) }

func (f *Fonts) stampCached(to *image.RGBA, key pictureKey, x, y float32, paint func() *image.RGBA) {
	picture, ok := f.drawn.get(key)
	if !ok {
		picture = paint()
		f.drawn.put(key, picture)
	}
	if picture != nil {
		stamp(to, picture, x, y)
	}
}

// scaled is a bitmap of a font in the size that is needed; nil when it cannot be read.
func scaled(data font.GlyphBitmap, bounds image.Rectangle) *image.RGBA {
	config, _, err := image.DecodeConfig(bytes.NewReader(data.Data))
	if err != nil || config.Width > mostPixels || config.Height > mostPixels {
		return nil
	}
	source, _, err := image.Decode(bytes.NewReader(data.Data))
	if err != nil {
		return nil
	}
	out := image.NewRGBA(bounds)
	draw.CatmullRom.Scale(out, bounds, source, source.Bounds(), draw.Src, nil)
	return out
}

// viewBox finds which part of a drawing is shown: left, top, width, height. Its top is where the letters stand.
var viewBox = regexp.MustCompile(`viewBox="([-0-9.]+) ([-0-9.]+) ([-0-9.]+) ([-0-9.]+)"`)

// dropOf is how far above the baseline a drawing begins, as a part of its height.
func dropOf(source []byte) float32 {
	m := viewBox.FindSubmatch(source)
	if m == nil {
		return 0
	}
	top, _ := strconv.ParseFloat(string(m[2]), 32)
	height, _ := strconv.ParseFloat(string(m[4]), 32)
	return float32(top / max(height, 1))
}

// drawing draws what an SVG shows, as a square.
func drawing(data font.GlyphSVG, size int) *image.RGBA {
	icon, err := oksvg.ReadIconStream(bytes.NewReader(viewBox.ReplaceAll(data.Source, []byte(`viewBox="$1 0 $3 $4"`))))
	if err != nil {
		return nil
	}
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.SetTarget(0, 0, float64(size), float64(size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, out, out.Rect)), 1)
	return out
}
