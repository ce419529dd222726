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
	content                   fyne.CanvasObject
	name, window, left, reset *kit.Text
	waiting                   *kit.Paragraph
	bar                       *kit.Bar
}

func newGaugeView() *gaugeView {
	g := &gaugeView{
		name: kit.CutText("", kit.TextBody, kit.Ink), window: kit.CutText("", kit.TextSmall, kit.Muted), left: kit.CutText("", kit.TextSmall, kit.Ink),
		reset: kit.CutText("", kit.TextSmall, kit.Muted), waiting: kit.NewParagraph("", kit.TextSmall, kit.Bad), bar: kit.NewBar(),
	}
	g.left.Align, g.reset.Align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	names := kit.AtLeast(kit.VStack(2, g.name, g.window), fyne.NewSize(190, 0))
	texts := kit.AtLeast(kit.VStack(2, g.left, g.reset), fyne.NewSize(250, 0))
	g.content = kit.VStack(2, container.NewBorder(nil, nil, names, texts, kit.Inset(4, 0, 12, 12, kit.VStack(0, g.bar))), g.waiting)
	return g
}

func (g *gaugeView) render(m gaugeText) {
	ink, _ := window.Colors(m.Tone)
	g.name.SetText(m.Name)
	g.window.SetText(m.Window)
	g.left.Set(m.Left, kit.Pick(m.Tone == format.Bad, kit.Bad, kit.Ink))
	g.reset.SetText(m.Resets)
	g.waiting.Set(m.Waiting, kit.Bad)
	kit.Pick(m.Waiting == "", g.waiting.Hide, g.waiting.Show)()
	g.bar.Set(m.Part, ink)
}
