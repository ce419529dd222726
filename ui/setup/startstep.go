package setup

import (
	"fyne.io/fyne/v2"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

func (w *page) startStep() fyne.CanvasObject {
	win := w.win
	connect := tile("hub", win.T("window.wizard.connect"), win.T("window.wizard.connect.about"), true, func() { w.goTo(stepX) })
	w.first = connect
	demo := tile("play", win.T("window.wizard.demo"), win.T("window.wizard.demo.about"), false, w.onDemo)
	if w.isDemo = win.Data.Status.Demo; w.isDemo {
		demo = tile("info", win.T("window.wizard.demo.here"), win.T("window.wizard.demo.here.about"), false, func() { win.Open(window.Overview) })
	}
	column := kit.VStack(16, w.stepHead("start"), connect, demo)
	if p := win.Stored.Problem; p != nil {
		mistake := kit.NewNotice()
		about := kit.Pick(win.Stored.Unread, format.Sentence(p.Remedy), win.T("window.wizard.mends"))
		mistake.Set("attention", kit.Warn, kit.WarnSoft, format.Sentence(p.Message), about)
		column.Add(mistake)
	}
	column.Add(kit.NewParagraph(win.T("window.wizard.start.note"), kit.TextSmall, kit.Muted))
	return column
}

func (w *page) onDemo() {
	w.busy(w.win.Process.Demo, func(err error) {
		if !w.showError(err) {
			w.win.Notify(format.Good, w.win.T("window.wizard.demo.started"), "")
		}
	})
}
