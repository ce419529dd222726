package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// bigGround is the area from which a ground is put together of pieces, in square points: ten buttons'.
const bigGround = 30_000

// groundRenderer draws a ground as the toolkit's rectangle and a big one mostly as plain colour, which costs a third for each
// pixel where the processor draws: in browsers and on servers without a graphics card. Of its corners and frame only two caps
// are rectangles then.
type groundRenderer struct {
	g *Ground
	// whole is all of a small ground; of a big one it is the upper cap, and foot is the lower one.
	whole, foot *canvas.Rectangle
	// middle is what is between the caps, left and right its frame.
	middle, left, right *canvas.Image
}

// CreateRenderer implements fyne.Widget.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g: g, whole: canvas.NewRectangle(nil), foot: canvas.NewRectangle(nil), middle: newPlain(), left: newPlain(), right: newPlain()}
	r.Refresh()
	return r
}

// Objects implements fyne.WidgetRenderer.
func (r *groundRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.whole, r.foot, r.middle, r.left, r.right}
}

// Destroy implements fyne.WidgetRenderer.
func (r *groundRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (r *groundRenderer) MinSize() fyne.Size { return fyne.Size{} }

// Layout implements fyne.WidgetRenderer.
func (r *groundRenderer) Layout(size fyne.Size) {
	frame := r.strokeWidth()
	edge := max(r.g.radius, frame)
	if !r.isBig(size) {
		lay(r.whole, true, 0, 0, size.Width, size.Height)
		for _, piece := range r.Objects()[1:] {
			lay(piece, false, 0, 0, 0, 0)
		}
		return
	}
	lay(r.whole, edge > 0, 0, 0, size.Width, 2*edge)
	lay(r.foot, edge > 0, 0, size.Height-2*edge, size.Width, 2*edge)
	lay(r.middle, true, frame, edge, size.Width-2*frame, size.Height-2*edge)
	lay(r.left, frame > 0, 0, edge, frame, size.Height-2*edge)
	lay(r.right, frame > 0, size.Width-frame, edge, frame, size.Height-2*edge)
}

// isBig reports whether the ground is put together of pieces. They overlap, so that nothing shines through them.
func (r *groundRenderer) isBig(size fyne.Size) bool {
	_, _, _, alpha := paint(r.g.fill).RGBA()
	return alpha == 0xffff && size.Width*size.Height >= bigGround && size.Height >= 4*r.g.radius
}

// lay puts a piece somewhere, or nowhere.
func lay(piece fyne.CanvasObject, isShown bool, x, y, width, height float32) {
	if !isShown {
		if piece.Visible() { // hiding draws the window again
			piece.Hide()
		}
		return
	}
	piece.Move(fyne.NewPos(x, y))
	piece.Resize(fyne.NewSize(width, height))
	piece.Show()
}

func (r *groundRenderer) strokeWidth() float32 {
	if r.g.frame == "" {
		return 0
	}
	return 1
}

// Refresh implements fyne.WidgetRenderer.
func (r *groundRenderer) Refresh() {
	fill, frame := paint(r.g.fill), paint(r.g.frame)
	for _, end := range []*canvas.Rectangle{r.whole, r.foot} {
		end.FillColor, end.CornerRadius, end.StrokeColor, end.StrokeWidth = fill, r.g.radius, frame, r.strokeWidth()
		end.Refresh()
	}
	dye(r.middle, fill)
	dye(r.left, frame)
	dye(r.right, frame)
	r.Layout(r.g.Size())
}

// newPlain returns an image of one pixel, which the toolkit draws as large as it is told to.
func newPlain() *canvas.Image {
	plain := canvas.NewImageFromImage(image.NewNRGBA(image.Rect(0, 0, 1, 1)))
	plain.ScaleMode, plain.FillMode = canvas.ImageScaleFastest, canvas.ImageFillStretch
	return plain
}

// dye gives a plain image another colour; without need it does nothing, because the image is handed to the graphics card anew.
func dye(plain *canvas.Image, ink color.Color) {
	dot := plain.Image.(*image.NRGBA)
	if color.NRGBAModel.Convert(ink) == dot.At(0, 0) {
		return
	}
	fresh := image.NewNRGBA(dot.Rect)
	fresh.Set(0, 0, ink)
	plain.Image = fresh
	plain.Refresh()
}
