package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
	"perch/ui/window"
)

// newPortal draws where the keys are in X's developer portal: a sketch of our own, with the same numbers as the form.
func newPortal(win *window.Window) fyne.CanvasObject {
	dot := func(color fyne.ThemeColorName) fyne.CanvasObject {
		return kit.Middle(kit.AtLeast(kit.NewGround(color, "", 4), fyne.NewSize(8, 8)))
	}
	address := kit.NewText("developer.x.com", kit.TextTiny, kit.Muted)
	bar := kit.HStack(5, dot(kit.Bad), dot(kit.Warn), dot(kit.Good), kit.Blank(6, 0), address)
	tab := func(text string, isOpen bool) fyne.CanvasObject {
		t := kit.NewText(text, kit.TextTiny, kit.Faint)
		line := kit.NewGround("", "", 0)
		if isOpen {
			t.Color, t.Bold = kit.Accent, true
			line = kit.NewGround(kit.Accent, "", 1)
		}
		return kit.VStack(4, t, kit.AtLeast(line, fyne.NewSize(0, 2)))
	}
	tabs := kit.HStack(16, tab(win.T("window.portal.settings"), false), tab(win.T("window.portal.keys"), true))
	body := kit.VStack(10, tabs,
		portalCard(win.T("window.portal.consumer"), "API Key and Secret", win.T("window.portal.regenerate"), "1", "2"),
		portalCard(win.T("window.portal.access"), "Access Token and Secret", win.T("window.portal.generate"), "3", "4"),
		kit.NewParagraph(win.T("window.portal.permission"), kit.TextTiny, kit.Muted))
	page := container.NewBorder(kit.Pad(bar, 7, 10), nil, nil, nil,
		container.NewStack(kit.NewGround(kit.Surface, "", 8), kit.Pad(body, 12, 14)))
	return container.NewStack(kit.NewGround(kit.Sunken, kit.Border, kit.Radius), kit.Pad(page, 1, 1))
}

// portalCard is one box of the portal, with the numbers of the values that it gives.
func portalCard(title, name, button string, numbers ...string) fyne.CanvasObject {
	head := kit.NewText(title, kit.TextTiny, kit.Muted)
	text := kit.NewText(name, kit.TextSmall, kit.Ink)
	text.Bold = true
	badges := kit.HStack(5, text, kit.Blank(2, 0))
	for _, n := range numbers {
		number := kit.NewText(n, kit.TextTiny, kit.Accent)
		number.Bold = true
		badges.Add(kit.Middle(container.NewStack(kit.AtLeast(kit.NewGround(kit.AccentSoft, "", 10), fyne.NewSize(20, 20)), container.NewCenter(number))))
	}
	press := container.NewStack(kit.NewGround(kit.Accent, "", 9), kit.Pad(kit.NewText(button, kit.TextTiny, "foregroundOnPrimary"), 3, 9))
	column := kit.VStack(5, kit.HStack(0, kit.Middle(head), kit.Space(), press), badges)
	return container.NewStack(kit.NewGround("", kit.Border, 8), kit.Pad(column, 9, 11))
}
