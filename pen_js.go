package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"syscall/js"

	"perch/ui/typeset"
)

// pen writes with the browser's fonts: those of Perch hold neither every script nor, in the page, emoji. It implements
// typeset.Pen. What the browser refuses is not written, and ends nothing.
type pen struct{ page js.Value }

// browserPen returns the page's pen, or nil in a browser that does not let its pixels be read.
func browserPen() typeset.Pen {
	if page := js.Global().Get("perchPen"); page.Type() == js.TypeObject {
		return pen{page}
	}
	return nil
}

// Has implements typeset.Pen.
func (p pen) Has(r rune) (has bool) {
	defer func() { _ = recover() }() // an error of the browser throws
	return p.page.Call("has", string(r)).Bool()
}

// Width implements typeset.Pen.
func (p pen) Width(w typeset.Writing) (width float32) {
	defer func() { _ = recover() }()
	return float32(p.page.Call("width", w.Text, w.Style.Size, w.Style.Bold, w.Style.Mono, w.Language, w.RightToLeft).Float())
}

// mostPixels bounds a picture each way, as the page does.
const mostPixels = 4096

// Write implements typeset.Pen.
func (p pen) Write(w typeset.Writing, ink color.NRGBA) (picture *image.RGBA, from image.Point) {
	defer func() {
		if recover() != nil {
			picture = nil
		}
	}()
	style := fmt.Sprintf("rgba(%d,%d,%d,%.3f)", ink.R, ink.G, ink.B, float64(ink.A)/0xff)
	out := p.page.Call("write", w.Text, style, w.Style.Size, w.Style.Bold, w.Style.Mono, w.Language, w.RightToLeft)
	width, height := out.Get("width").Int(), out.Get("height").Int()
	if width <= 0 || height <= 0 || width > mostPixels || height > mostPixels {
		return nil, image.Point{}
	}
	plain := image.NewNRGBA(image.Rect(0, 0, width, height))
	js.CopyBytesToGo(plain.Pix, out.Get("pixels"))
	picture = image.NewRGBA(plain.Rect)
	draw.Draw(picture, picture.Rect, plain, image.Point{}, draw.Src)
	return picture, image.Pt(out.Get("left").Int(), out.Get("up").Int())
}
