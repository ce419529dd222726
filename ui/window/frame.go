package window

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"perch/assets"
	"perch/ui/kit"
	"perch/ui/snapshot"
)

// frame is the navigation and the place for a page.
func (w *Window) frame() fyne.CanvasObject {
	w.body = container.NewStack()
	w.restart = kit.NewButton(w.T("window.do.restart"), "restart", kit.Strong, func() { w.RunRelay("restart") }).Small()
	w.restart.Hide()
	w.notice = kit.NewNotice(w.restart, kit.NewIconButton("close", w.T("window.close"), w.HideNotice))
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
	w.state = newNavState(w)
	column := container.NewBorder(kit.Pad(w.logo, 14, 10), w.state.content, nil, nil, kit.Pad(list, 6, 0))
	ground := container.NewStack(kit.NewGround(kit.Sidebar, "", 0), kit.Pad(column, 10, 12))
	edged := container.NewStack(kit.NewGround(kit.Border, "", 0), kit.Inset(0, 0, 0, 1, ground))
	return kit.AtLeast(edged, fyne.NewSize(navigationWidth, 0))
}

// Open brings a page on screen.
func (w *Window) Open(name string) {
	p, ok := w.pages[name]
	if !ok || w.current == name {
		return
	}
	if before, ok := w.pages[w.current].(Shower); ok {
		before.Shown(false)
	}
	w.current = name
	w.Preferences.Set(prefSection, name)
	w.body.Objects = []fyne.CanvasObject{p.Content()}
	w.body.Refresh()
	for key, item := range w.items {
		item.choose(key == name)
	}
	if now, ok := p.(Shower); ok {
		now.Shown(true)
	}
	p.Render(w.Data)
}

// Browse leads to the messages that a filter lets through and, unless id is 0, to one of them in full.
func (w *Window) Browse(f snapshot.Filter, id int64) {
	w.Open(Traffic)
	if p, ok := w.pages[Traffic].(Browser); ok {
		p.Browse(f, id)
	}
}

// Render shows a snapshot: the navigation and the page that is on screen.
func (w *Window) Render(d snapshot.Data) {
	w.Data = d
	isRewrapped := kit.Rewrapped()
	if kit.SetScale(w.Canvas().Scale()) || isRewrapped {
		w.fyne.Content().Refresh()
	}
	for name, p := range w.pages {
		if counter, ok := p.(Counter); ok {
			w.items[name].count(counter.Count(d))
		}
	}
	w.state.render(d)
	w.markDemo(d)
	if !w.until.IsZero() && d.Now.After(w.until) {
		w.HideNotice()
	}
	w.pages[w.current].Render(d)
}

// markDemo says in the window's title and beside the logo that this is the demo; what was one stays one.
func (w *Window) markDemo(d snapshot.Data) {
	if !d.Status.Demo || w.isDemo {
		return
	}
	w.isDemo = true
	w.fyne.SetTitle(w.T("window.demo.title"))
	w.logo.Add(kit.Middle(kit.NewPill(w.T("window.demo"), kit.Accent, kit.AccentSoft)))
	w.logo.Refresh()
}

// shortcuts makes the keyboard reach everything.
func (w *Window) shortcuts() {
	c := w.Canvas()
	add := func(key fyne.KeyName, work func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { w.unlessAsked(work) })
	}
	for i, entry := range w.table {
		add(fyne.KeyName(strconv.Itoa(i+1)), func() { w.Open(entry.Name) })
	}
	add(fyne.KeyF, w.Find)
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape && !w.CloseDialog() && !w.escape() {
			w.HideNotice()
		}
	})
}

// Find puts the focus where something is searched for on the page that is open.
func (w *Window) Find() {
	if p, ok := w.pages[w.current].(Finder); ok {
		p.Find()
	}
}

// escape closes what is open on the page and reports whether there was anything.
func (w *Window) escape() bool {
	p, ok := w.pages[w.current].(Escaper)
	return ok && p.Escape()
}

// unlessAsked works, but not while a question is open, which has to be answered first.
func (w *Window) unlessAsked(work func()) {
	if w.dialog == nil {
		work()
	}
}

// switchTheme goes from the system's look to light, to dark and back.
func (w *Window) switchTheme() {
	next := map[string]string{kit.ModeSystem: kit.ModeLight, kit.ModeLight: kit.ModeDark, kit.ModeDark: kit.ModeSystem}
	w.theme = next[w.theme]
	w.App.Settings().SetTheme(kit.Theme{Mode: w.theme})
	w.Preferences.Set(prefTheme, w.theme)
	_ = w.Preferences.Save() // a window that cannot remember works all the same
	w.state.render(w.Data)
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
