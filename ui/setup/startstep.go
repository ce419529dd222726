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
	return kit.VStack(16, w.stepHead("start"), connect, demo,
		kit.NewParagraph(win.T("window.wizard.start.note"), kit.TextSmall, kit.Muted))
}

func (w *page) onDemo() {
	w.busy(w.win.Process.Demo, func(err error) {
		if !w.showError(err) {
			w.win.Notify(format.Good, w.win.T("window.wizard.demo.started"), "")
		}
	})
}
