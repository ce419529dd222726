package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// paint returns a colour of the theme; nothing for "".
func paint(name fyne.ThemeColorName) color.Color {
	if name == "" {
		return color.Transparent
	}
	return theme.Color(name)
}

// Ground is a coloured rectangle, for behind other things.
type Ground struct {
	widget.BaseWidget

	fill, frame fyne.ThemeColorName
	radius      float32
}

// NewGround returns a rectangle; fill or frame may be "" for none.
func NewGround(fill, frame fyne.ThemeColorName, radius float32) *Ground {
	g := &Ground{fill: fill, frame: frame, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the colours.
func (g *Ground) Set(fill, frame fyne.ThemeColorName) {
	if g.fill == fill && g.frame == frame {
		return
	}
	g.fill, g.frame = fill, frame
	g.Refresh()
}

// Card puts content onto a framed surface with space around it.
func Card(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewGround(Surface, Border, Radius), Pad(content, GapBig, GapBig))
}

// Framed puts a frame around one of Fyne's widgets that has none, and gives it a width.
func Framed(content fyne.CanvasObject, width float32) *fyne.Container {
	return AtLeast(container.NewStack(content, NewGround("", theme.ColorNameInputBorder, 8)), fyne.NewSize(width, 0))
}

// Rule is a thin line between things.
func Rule() fyne.CanvasObject {
	return AtLeast(NewGround(Border, "", 0), fyne.NewSize(1, 1))
}
