// Package picture turns the bytes of a file into pictures of a bounded size.
//
// It guarantees that no file makes it use more memory than a picture of MaxPixels needs: the size is read before
// anything is decoded. Its functions are pure and may be called from any goroutine.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // the first picture of an animation
	_ "image/jpeg" // what X makes of photos
	_ "image/png"  // screenshots

	"golang.org/x/image/draw"
)

const (
	// MaxPixels is how many pixels a picture may have: X takes 4096 by 4096 at most.
	MaxPixels = 4096 * 4096
	// SmallWidth bounds the width of Picture.Small, in pixels.
	SmallWidth = 800
	// SmallHeight bounds its height.
	SmallHeight = 400
	// LargeSide bounds both sides of Picture.Large.
	LargeSide = 1600
)

// ErrNoPicture says that the bytes are no PNG, JPEG or GIF.
var ErrNoPicture = errors.New("this is not a PNG, JPEG or GIF")

// SizeError says that a picture has more than MaxPixels.
type SizeError struct{ Width, Height int }

// Error implements error.
func (e *SizeError) Error() string {
	return fmt.Sprintf("%d by %d pixels are too many", e.Width, e.Height)
}

// Picture is a picture in two sizes; neither is larger than the file's own.
type Picture struct {
	// Width and Height are those of the file.
	Width, Height int
	Small, Large  image.Image
}

// Decode reads a picture; of an animation the first one.
func Decode(data []byte) (Picture, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	w, h := config.Width, config.Height
	if w <= 0 || h <= 0 {
		return Picture{}, ErrNoPicture
	}
	if w > MaxPixels/h {
		return Picture{}, &SizeError{w, h}
	}
	whole, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	large := fit(whole, LargeSide, LargeSide)
	return Picture{Width: w, Height: h, Small: fit(large, SmallWidth, SmallHeight), Large: large}, nil
}

// fit makes a picture no larger than a box, in a form that can be drawn at once.
func fit(from image.Image, width, height int) image.Image {
	size := from.Bounds().Size()
	w, h := size.X, size.Y
	if w > width {
		w, h = width, max(1, h*width/w)
	}
	if h > height {
		w, h = max(1, w*height/h), height
	}
	if _, isReady := from.(*image.RGBA); isReady && w == size.X && h == size.Y {
		return from
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	return to
}
