package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Header is the top of a page: its title, a line about it, and buttons at the right.
func Header(title string, about fyne.CanvasObject, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	texts := VStack(2, Heading(title, TextTitle))
	if about != nil {
		texts.Add(about)
	}
	right := HStack(Gap)
	for _, b := range buttons {
		right.Add(Middle(b))
	}
	return container.NewBorder(nil, nil, nil, right, texts)
}

// Filled is a page whose content takes all the space below its header.
func Filled(top, content fyne.CanvasObject) fyne.CanvasObject {
	return Inset(18, 16, 24, 24, container.NewBorder(Inset(0, 14, 0, 0, top), nil, nil, nil, content))
}

// Scrolled is a page whose content scrolls below its header.
func Scrolled(top fyne.CanvasObject, content ...fyne.CanvasObject) fyne.CanvasObject {
	column := VStack(GapBig, content...)
	return container.NewBorder(
		Inset(18, 14, 24, 24, top), nil, nil, nil,
		container.NewVScroll(Inset(2, 20, 24, 24, column)),
	)
}

// EmptyState fills a page on which there is nothing.
func EmptyState(icon string, ink, soft fyne.ThemeColorName, title, about string) fyne.CanvasObject {
	sign := container.NewStack(AtLeast(NewGround(soft, "", 28), fyne.NewSize(56, 56)), container.NewCenter(NewIcon(icon, ink, 28)))
	name := Heading(title, TextHeading)
	name.Align = fyne.TextAlignCenter
	line := NewText(about, TextSmall, Muted)
	line.Align = fyne.TextAlignCenter
	return Inset(90, 0, 0, 0, container.NewCenter(VStack(10, container.NewCenter(sign), name, line)))
}
