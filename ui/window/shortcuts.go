package window

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

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
	add(fyne.KeyJ, w.ConverseChosen)
	add(fyne.KeySlash, w.About)
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyF1 {
			w.unlessAsked(w.About)
		}
		if e.Name == fyne.KeyEscape && !w.CloseDialog() && !w.escape() {
			w.hideNotice()
		}
	})
}

// unlessAsked works, but not while a question is open, which has to be answered first.
func (w *Window) unlessAsked(work func()) {
	if w.dialog == nil {
		work()
	}
}
