package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Pick returns yes or no.
func Pick[T any](is bool, yes, no T) T {
	if is {
		return yes
	}
	return no
}

// Blank is empty space of a size.
func Blank(width, height float32) fyne.CanvasObject { //nolint:unparam // a size has two sides
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(width, height))
	return r
}
