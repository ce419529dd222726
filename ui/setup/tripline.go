package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
)

// tripLine is one thing that has to happen in the round trip.
type tripLine struct {
	content fyne.CanvasObject
	icon    *kit.Icon
	ground  *kit.Ground
}

func newTripLine(text string) *tripLine {
	l := &tripLine{icon: kit.NewIcon("clock", kit.Idle, 17), ground: kit.NewGround(kit.IdleSoft, "", 14)}
	sign := container.NewStack(kit.AtLeast(l.ground, fyne.NewSize(28, 28)), container.NewCenter(l.icon))
	l.content = container.NewBorder(nil, nil, kit.HStack(0, container.NewVBox(sign), kit.Blank(12, 0)), nil,
		kit.Inset(4, 0, 0, 0, kit.NewParagraph(text, kit.TextBody, kit.Ink)))
	return l
}

func (l *tripLine) set(isDone bool) {
	if isDone {
		l.icon.Set("check", kit.Good)
		l.ground.Set(kit.GoodSoft, "")
		return
	}
	l.icon.Set("clock", kit.Idle)
	l.ground.Set(kit.IdleSoft, "")
}
