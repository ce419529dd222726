package overview

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// figure is a large number with a word below.
type figure struct {
	content fyne.CanvasObject
	number  *kit.Text
	icon    *kit.Icon
	ground  *kit.Ground
}

func newFigure(icon, name string, tapped func()) *figure {
	f := &figure{number: kit.Heading("0", 24), icon: kit.NewIcon(icon, kit.Idle, 18), ground: kit.NewGround(kit.IdleSoft, "", 9)}
	sign := container.NewStack(kit.AtLeast(f.ground, fyne.NewSize(36, 36)), container.NewCenter(f.icon))
	texts := kit.VStack(0, f.number, kit.NewParagraph(name, kit.TextSmall, kit.Muted))
	row := container.NewBorder(nil, nil, kit.Middle(sign), nil, kit.Pad(texts, 0, 12))
	f.content = kit.NewArea(container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(row, 12, 14)), name, tapped)
	return f
}

// set shows a number, or a dash for one that nobody knows while the relay is stopped.
func (f *figure) set(n int, isKnown bool, tone format.Tone) {
	if !isKnown {
		tone = format.Idle
	}
	ink, soft := window.Colors(tone)
	f.number.SetText(kit.Pick(isKnown, format.Number(n), "–"))
	f.icon.Set(f.icon.Name(), ink)
	f.ground.Set(soft, "")
}
