package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
)

// stepHead is the title of a step and what it is about.
func (w *page) stepHead(key string) fyne.CanvasObject {
	title := kit.NewParagraph(w.win.T("window.wizard."+key+".title"), 19, kit.Ink)
	title.Bold = true
	return kit.VStack(4, title, kit.NewParagraph(w.win.T("window.wizard."+key+".about"), kit.TextBody, kit.Muted))
}

// tile is a large button with an icon, a title and a sentence.
func tile(icon, title, about string, isChosen bool, tapped func()) *kit.Area {
	frame, soft, ink := kit.Border, kit.IdleSoft, kit.Muted
	if isChosen {
		frame, soft, ink = kit.Accent, kit.AccentSoft, kit.Accent
	}
	name := kit.NewParagraph(title, kit.TextBody, kit.Ink)
	name.Bold = true
	sign := container.NewStack(kit.AtLeast(kit.NewGround(soft, "", 10), fyne.NewSize(40, 40)), container.NewCenter(kit.NewIcon(icon, ink, 22)))
	texts := kit.VStack(2, name, kit.NewParagraph(about, kit.TextSmall, kit.Muted))
	row := container.NewBorder(nil, nil, kit.Inset(2, 0, 0, 14, container.NewVBox(sign)), nil, texts)
	return kit.NewArea(container.NewStack(kit.NewGround(kit.Surface, frame, kit.Radius), kit.Pad(row, 14, 16)), title, tapped)
}
