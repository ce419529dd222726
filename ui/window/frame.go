package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"perch/assets"
	"perch/ui/kit"
)

const (
	leastWidth, leastHeight = 900, 560
	navigationWidth         = 226
)

// frame is the navigation and the place for a page.
func (w *Window) frame() fyne.CanvasObject {
	w.body = container.NewStack()
	w.restart = kit.NewButton(w.T("window.do.restart"), "restart", kit.Strong, func() { w.RunRelay("restart") }).Small()
	w.restart.Hide()
	w.notice = kit.NewNotice(w.restart, kit.NewIconButton("close", w.T("window.close"), w.hideNotice))
	w.place = container.NewBorder(nil, kit.Inset(0, 16, 24, 24, w.notice), nil, nil, w.body)
	return kit.AtLeast(container.New(besides{}, w.navigation(), w.place), fyne.NewSize(leastWidth, leastHeight))
}

func (w *Window) navigation() fyne.CanvasObject {
	logo := container.NewStack(fixedImage(assets.Icon(assets.App, 64), 30))
	w.logo = kit.HStack(10, kit.Middle(logo), kit.Middle(kit.Heading("Perch", 18)))
	list := kit.VStack(2)
	for _, entry := range w.table {
		name := entry.Name
		item := newNavItem(name, w.T("window."+name), func() { w.Open(name) })
		w.items[name] = item
		list.Add(item)
	}
	w.state = newNavState(w.Texts, w.switchTheme)
	column := container.NewBorder(kit.Pad(w.logo, 14, 10), w.state.content, nil, nil, kit.Pad(list, 6, 0))
	ground := container.NewStack(kit.NewGround(kit.Sidebar, "", 0), kit.Pad(column, 10, 12))
	edged := container.NewStack(kit.NewGround(kit.Border, "", 0), kit.Inset(0, 0, 0, 1, ground))
	return kit.AtLeast(edged, fyne.NewSize(navigationWidth, 0))
}

// switchTheme goes from the system's look to light, to dark and back.
func (w *Window) switchTheme() {
	next := map[string]string{kit.ModeSystem: kit.ModeLight, kit.ModeLight: kit.ModeDark, kit.ModeDark: kit.ModeSystem}
	w.theme = next[w.theme]
	w.setTheme()
	w.Preferences.Set(prefTheme, w.theme)
	_ = w.Preferences.Save() // a window that cannot remember works all the same
	w.state.render(w.Data, w.theme)
}

// besides puts the second object into what the first one leaves at its right.
type besides struct{}

// Layout implements fyne.Layout.
func (besides) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := o[0].MinSize().Width
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(left, 0))
	o[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

// MinSize implements fyne.Layout.
func (besides) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}

// fixedImage is a picture of one size.
func fixedImage(png []byte, size float32) fyne.CanvasObject {
	image := canvas.NewImageFromResource(fyne.NewStaticResource("perch-mark.png", png))
	image.FillMode = canvas.ImageFillContain
	image.SetMinSize(fyne.NewSquareSize(size))
	return image
}
