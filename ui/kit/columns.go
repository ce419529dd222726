package kit

import "fyne.io/fyne/v2"

// Columns lays objects out in columns of the same width; with less than least for each it starts another row.
type Columns struct{ Gap, Least float32 }

// Layout implements fyne.Layout.
func (c Columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := notHidden(objects)
	n := c.number(len(shown), size.Width)
	width := (size.Width - c.Gap*float32(n-1)) / float32(n)
	y := float32(0)
	for from := 0; from < len(shown); from += n {
		row := shown[from:min(from+n, len(shown))]
		height := tallest(row)
		for i, o := range row {
			o.Move(fyne.NewPos(float32(i)*(width+c.Gap), y))
			o.Resize(fyne.NewSize(width, height))
		}
		y += height + c.Gap
	}
}

// MinSize implements fyne.Layout. Its height is that of all objects in the rows of the present width.
func (c Columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	shown := notHidden(objects)
	if len(shown) == 0 {
		return fyne.Size{}
	}
	last := shown[len(shown)-1]
	rows := 1
	if first := shown[0]; last.Size().Width > 0 && last.Position().Y > first.Position().Y {
		n := 1
		for n < len(shown) && shown[n].Position().Y == first.Position().Y {
			n++
		}
		rows = (len(shown) + n - 1) / n
	}
	return fyne.NewSize(c.Least, float32(rows)*(tallest(shown)+c.Gap)-c.Gap)
}

func (c Columns) number(objects int, width float32) int {
	return max(1, min(objects, int((width+c.Gap)/(c.Least+c.Gap))))
}

func notHidden(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var shown []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

func tallest(objects []fyne.CanvasObject) float32 {
	height := float32(0)
	for _, o := range objects {
		height = max(height, o.MinSize().Height)
	}
	return height
}
