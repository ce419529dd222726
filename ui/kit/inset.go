package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Inset puts content into space: above it, below it, at its left and at its right. What is hidden needs no space around it.
func Inset(top, bottom, left, right float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(inset{top, bottom, left, right}, content)
}

// inset is space around one object.
type inset struct{ top, bottom, left, right float32 }

// Layout implements fyne.Layout.
func (p inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(p.left, p.top))
		o.Resize(size.SubtractWidthHeight(p.left+p.right, p.top+p.bottom))
	}
}

// MinSize implements fyne.Layout.
func (p inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size, isEmpty := fyne.Size{}, len(objects) > 0
	for _, o := range objects {
		if o.Visible() {
			size, isEmpty = size.Max(o.MinSize()), false
		}
	}
	if isEmpty {
		return size
	}
	return size.AddWidthHeight(p.left+p.right, p.top+p.bottom)
}
