package kit_test

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/go-cmp/cmp"

	"perch/ui/kit"
)

// margin is how far from its edges, in pixels, the two may differ: the test's painter does not put frames where the window's
// does.
const margin = 3

// A big ground is put together of pieces. Nobody is to see where they meet.
func TestABigGroundLooksLikeOneRectangle(t *testing.T) {
	test.NewTempApp(t)
	for _, scale := range []float32{1, 1.25, 1.5, 2} {
		for _, frame := range []fyne.ThemeColorName{"", theme.ColorNameForeground} {
			for _, radius := range []float32{0, kit.Radius} {
				whole := canvas.NewRectangle(theme.Color(theme.ColorNamePrimary))
				if whole.CornerRadius = radius; frame != "" {
					whole.StrokeWidth, whole.StrokeColor = 1, theme.Color(frame)
				}
				want, got := drawn(t, whole, scale), drawn(t, kit.NewGround(theme.ColorNamePrimary, frame, radius), scale)
				if diff := cmp.Diff(inside(want), inside(got)); diff != "" {
					t.Errorf("at %g, frame %q, radius %g: %.400s", scale, frame, radius, diff)
				}
			}
		}
	}
}

// What shines through is one rectangle: pieces overlap.
func TestAPaleGroundIsAsPaleEverywhere(t *testing.T) {
	test.NewTempApp(t)
	pale := drawn(t, kit.NewGround(theme.ColorNameHover, "", kit.Radius), 1)
	if a, b := pale.At(150, 15), pale.At(150, 100); a != b {
		t.Errorf("%v at the edge, %v in the middle", a, b)
	}
}

func drawn(t *testing.T, o fyne.CanvasObject, scale float32) image.Image {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.Canvas().(software.WindowlessCanvas).SetScale(scale)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(301, 203))
	return w.Canvas().Capture()
}

// inside counts the points of each colour that are not at an edge or in a corner, where the two round apart.
func inside(picture image.Image) map[string]int {
	counts, b := map[string]int{}, picture.Bounds().Inset(margin)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if corner := 2 * kit.Radius; (x < corner || x >= b.Max.X-corner) && (y < corner || y >= b.Max.Y-corner) {
				continue
			}
			r, g, b, _ := picture.At(x, y).RGBA()
			counts[string(rune('a'+r>>12))+string(rune('a'+g>>12))+string(rune('a'+b>>12))]++
		}
	}
	return counts
}
