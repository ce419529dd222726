package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"perch/assets"
	"perch/ui/kit"
)

const (
	// The least size is that of a screen of 1024 by 600 pixels at 150 %.
	leastWidth, leastHeight = 680, 380
	navigationWidth         = 226
	// In a window that is narrower than wideWindow, the navigation has icons only.
	wideWindow, iconsWidth = 960, 68
)

// signOut is the item of the navigation that is no page.
const signOut = "sign_out"

// frame is the navigation and the place for a page.
func (w *Window) frame() fyne.CanvasObject {
	w.body = container.NewStack()
	w.restart = kit.NewButton(w.T("window.do.restart"), "restart", kit.Strong, func() { w.RunRelay("restart") }).Small()
	w.restart.Hide()
	w.notice = kit.NewNotice(w.restart, kit.NewIconButton("close", w.T("window.close"), w.hideNotice))
	w.kept = kit.NewNotice(kit.NewButton(w.T("window.do.start"), "play", kit.Strong, func() { w.RunRelay("start") }).Small())
	w.above = kit.Inset(16, 0, 24, 24, w.kept)
	w.above.Hide()
	w.place = container.NewBorder(w.above, kit.Inset(0, 16, 24, 24, w.notice), nil, nil, w.body)
	return kit.AtLeast(container.New(besides{w.narrow}, w.navigation(), w.place), fyne.NewSize(leastWidth, leastHeight))
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
	w.state = newNavState(w.Texts, w.switchTheme, w.About)
	foot := w.state.content
	if w.SignOut != nil {
		w.items[signOut] = newNavItem("leave", w.T("window.sign_out"), func() { w.unlessUnsaved(w.SignOut) })
		foot = kit.VStack(2, w.items[signOut], foot)
	}
	column := container.NewBorder(kit.Pad(w.logo, 8, 10), foot, nil, nil, kit.Pad(list, 6, 0))
	ground := container.NewStack(kit.NewGround(kit.Sidebar, "", 0), kit.Pad(column, 10, 12))
	return container.NewStack(kit.Inset(0, 0, 0, 1, ground), container.NewBorder(nil, nil, nil, kit.Rule()))
}

// narrow shows the navigation without words, or with them again.
func (w *Window) narrow(on bool) {
	for _, item := range w.items {
		item.narrow(on)
	}
	w.state.narrow(on)
	for _, word := range w.logo.Objects[1:] {
		kit.Pick(on, word.Hide, word.Show)()
	}
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

// besides puts the page into what the navigation leaves at its right, and tells when there is little room for both.
type besides struct{ narrow func(on bool) }

// Layout implements fyne.Layout.
func (b besides) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := float32(navigationWidth)
	isNarrow := size.Width < wideWindow
	if isNarrow {
		left = iconsWidth
	}
	b.narrow(isNarrow)
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(left, 0))
	o[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

// MinSize implements fyne.Layout.
func (besides) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(iconsWidth+b.Width, max(a.Height, b.Height))
}

// fixedImage is a picture of one size.
func fixedImage(png []byte, size float32) fyne.CanvasObject {
	image := canvas.NewImageFromResource(fyne.NewStaticResource("perch-mark.png", png))
	image.FillMode = canvas.ImageFillContain
	image.SetMinSize(fyne.NewSquareSize(size))
	return image
}
