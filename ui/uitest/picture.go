package uitest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"sync"
)

const (
	parcelWidth, parcelHeight = 960, 640
	parcelQuality             = 88
)

// Parcel is a JPEG of a parcel on a table, drawn here.
var Parcel = sync.OnceValue(func() []byte {
	m := image.NewRGBA(image.Rect(0, 0, parcelWidth, parcelHeight))
	for y := range parcelHeight {
		for x := range parcelWidth {
			m.SetRGBA(x, y, parcelAt(float64(x), float64(y)))
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, &jpeg.Options{Quality: parcelQuality}) // a buffer takes everything
	return b.Bytes()
})

type point struct{ x, y float64 }

// The faces of the parcel and what is on them, the one that is in front last.
var parcelFaces = []struct {
	color   color.RGBA
	corners []point
}{
	{color.RGBA{0x6d, 0x55, 0x41, 255}, []point{{250, 545}, {500, 610}, {860, 500}, {700, 470}}}, // shadow
	{color.RGBA{0xb9, 0x8a, 0x57, 255}, []point{{230, 250}, {500, 320}, {500, 595}, {230, 505}}}, // left
	{color.RGBA{0xa3, 0x76, 0x48, 255}, []point{{500, 320}, {760, 235}, {760, 480}, {500, 595}}}, // right
	{color.RGBA{0xd2, 0xa6, 0x71, 255}, []point{{230, 250}, {490, 175}, {760, 235}, {500, 320}}}, // top
	{color.RGBA{0xe9, 0xd3, 0xa4, 255}, []point{{348, 281}, {610, 201}, {642, 209}, {382, 290}}}, // tape
	{color.RGBA{0xdc, 0xc2, 0x90, 255}, []point{{348, 281}, {382, 290}, {382, 350}, {348, 341}}},
	{color.RGBA{0xf6, 0xf3, 0xec, 255}, []point{{545, 365}, {700, 312}, {700, 420}, {545, 480}}}, // label
	{color.RGBA{0x2f, 0x6f, 0xb0, 255}, []point{{560, 376}, {620, 355}, {620, 372}, {560, 393}}},
	{color.RGBA{0x55, 0x55, 0x5c, 255}, []point{{560, 408}, {680, 366}, {680, 374}, {560, 416}}},
	{color.RGBA{0x55, 0x55, 0x5c, 255}, []point{{560, 426}, {660, 391}, {660, 399}, {560, 434}}},
	{color.RGBA{0x55, 0x55, 0x5c, 255}, []point{{560, 444}, {672, 404}, {672, 412}, {560, 452}}},
}

func parcelAt(x, y float64) color.RGBA {
	for i := len(parcelFaces) - 1; i >= 0; i-- {
		if isInside(parcelFaces[i].corners, x, y) {
			return shade(parcelFaces[i].color, 0.05*math.Sin(x/37+y/53))
		}
	}
	if y > 430 {
		return shade(color.RGBA{0x8a, 0x6c, 0x52, 255}, 0.04*math.Sin(y/5+x/160)) // the table's grain
	}
	glow := 0.18 * math.Exp(-((x-680)*(x-680)+(y-60)*(y-60))/150_000) // light from a window
	return shade(color.RGBA{0xc4, 0xcf, 0xd2, 255}, glow-y/4000)
}

func shade(c color.RGBA, by float64) color.RGBA {
	part := func(v uint8) uint8 { return uint8(min(max(float64(v)*(1+by), 0), 255)) }
	return color.RGBA{part(c.R), part(c.G), part(c.B), 255}
}

// isInside reports whether a point is in a convex shape.
func isInside(corners []point, x, y float64) bool {
	var side float64
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		cross := (b.x-a.x)*(y-a.y) - (b.y-a.y)*(x-a.x)
		if side*cross < 0 {
			return false
		}
		if cross != 0 {
			side = cross
		}
	}
	return true
}
