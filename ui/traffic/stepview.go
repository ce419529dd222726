package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
	"perch/ui/window"
)

// stepView is one line of a message's history, with the line that joins it to the next.
func stepView(s stepText, isLast bool) fyne.CanvasObject {
	ink, _ := window.Colors(s.Tone)
	dot := kit.Inset(5, 0, 0, 0, kit.AtLeast(kit.NewGround(ink, "", 5), fyne.NewSize(10, 10)))
	track := container.NewBorder(dot, nil, nil, nil, container.NewStack())
	if !isLast {
		track = container.NewBorder(dot, nil, nil, nil, kit.Inset(2, 0, 4, 4, kit.NewGround(kit.Border, "", 1)))
	}
	title := kit.CutText(s.Title, kit.TextSmall, kit.Ink)
	title.Bold = true
	texts := kit.VStack(1, container.NewBorder(nil, nil, nil, kit.NewText(s.When, kit.TextTiny, kit.Muted), title))
	if s.About != "" {
		texts.Add(kit.NewParagraph(s.About, kit.TextTiny, kit.Muted))
	}
	if s.Took != "" {
		texts.Add(kit.CutText(s.Took, kit.TextTiny, kit.Faint))
	}
	return container.NewBorder(nil, nil, kit.AtLeast(track, fyne.NewSize(10, 0)), nil, kit.Inset(0, 10, 12, 0, texts))
}
