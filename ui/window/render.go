package window

import (
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
)

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
	w.state.render(d, w.theme)
	w.markDemo(d)
	w.markKept(d)
	if !w.until.IsZero() && d.Now.After(w.until) {
		w.hideNotice()
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

// markKept says above every page that nothing runs, where what the journal keeps is shown; the first page has words of its own.
func (w *Window) markKept(d snapshot.Data) {
	text := ""
	if w.current != Overview {
		text = format.Kept(d, w.Texts)
	}
	ink, soft := Colors(format.Warn)
	w.kept.Set("stop", ink, soft, text, "")
	if isShown := text != ""; isShown != w.above.Visible() {
		kit.Pick(isShown, w.above.Show, w.above.Hide)()
		w.place.Refresh()
	}
}
