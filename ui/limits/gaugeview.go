package limits

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// gaugeView is one window of a limit.
type gaugeView struct {
	content                            fyne.CanvasObject
	name, window, left, reset, waiting *kit.Text
	bar                                *kit.Bar
}

func newGaugeView() *gaugeView {
	g := &gaugeView{
		name: kit.CutText("", kit.TextBody, kit.Ink), window: kit.CutText("", kit.TextSmall, kit.Muted), left: kit.CutText("", kit.TextSmall, kit.Ink),
		reset: kit.CutText("", kit.TextSmall, kit.Muted), waiting: kit.CutText("", kit.TextSmall, kit.Bad), bar: kit.NewBar(),
	}
	g.left.Align, g.reset.Align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	names := kit.AtLeast(kit.VStack(2, g.name, g.window), fyne.NewSize(230, 0))
	texts := kit.AtLeast(kit.VStack(2, g.left, g.reset), fyne.NewSize(250, 0))
	g.content = container.NewBorder(nil, nil, names, texts, kit.Inset(4, 0, 12, 12, kit.VStack(7, g.bar, g.waiting)))
	return g
}

func (g *gaugeView) render(m gaugeText) {
	ink, _ := window.Colors(m.Tone)
	g.name.SetText(m.Name)
	g.window.SetText(m.Window)
	g.left.Set(m.Left, kit.Pick(m.Tone == format.Bad, kit.Bad, kit.Ink))
	g.reset.SetText(m.Resets)
	g.waiting.SetText(m.Waiting)
	g.bar.Set(m.Part, ink)
}
