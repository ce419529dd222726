package setup

import (
	"fyne.io/fyne/v2"

	"perch/ui/kit"
)

// secretEntry is a labelled entry that shows dots. One that is stored says so and can be left empty.
func (w *page) secretEntry(name, label string) fyne.CanvasObject {
	stored := w.win.Stored.Has(w.channel().Name, name)
	e := kit.NewSecretEntry(kit.Pick(stored, w.win.T("window.wizard.stored"), w.win.T("window.secret.paste")))
	e.SetText(w.typed[name])
	e.OnChanged = func(text string) {
		w.typed[name] = text
		w.uncheck()
	}
	e.OnSubmitted = func(string) { w.onNext() }
	if w.first == nil {
		w.first = e
	}
	if label == "" {
		return e
	}
	title := kit.NewText(label, kit.TextSmall, kit.Ink)
	title.Bold = true
	return kit.VStack(3, title, e)
}

// uncheck makes the next button try again, because something was changed.
func (w *page) uncheck() {
	if w.checked {
		w.checked = false
		w.outcome.Hide()
		w.label()
	}
}
