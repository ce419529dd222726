package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Pad puts space around content: above and below, left and right.
func Pad(content fyne.CanvasObject, vertical, horizontal float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), content)
}

// VStack puts objects below each other with a gap between them.
func VStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// HStack puts objects beside each other with a gap between them; layout.NewSpacer takes what is left.
func HStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

// Space takes what is left in an HStack or VStack.
func Space() fyne.CanvasObject { return layout.NewSpacer() }

// Middle keeps an object at its own height in the middle of a row.
func Middle(object fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(0), layout.NewSpacer(), object, layout.NewSpacer())
}

// AtLeast gives content a least size.
func AtLeast(content fyne.CanvasObject, size fyne.Size) *fyne.Container {
	hold := canvas.NewRectangle(color.Transparent)
	hold.SetMinSize(size)
	return container.NewStack(hold, content)
}

func stacked(objects ...fyne.CanvasObject) fyne.CanvasObject { return container.NewStack(objects...) }
