package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
)

// Confirm asks before something is lost. Escape and the second button leave everything as it is.
func (w *Window) Confirm(title, about, yes string, work func()) {
	w.Ask(title, kit.NewParagraph(about, kit.TextBody, kit.Muted), kit.NewButton(yes, "trash", kit.Danger, func() {
		w.CloseDialog()
		work()
	}))
}

// Ask opens a question. The button that says yes closes it by itself; Escape and the other one leave everything as it is.
func (w *Window) Ask(title string, about fyne.CanvasObject, yes *kit.Button) {
	no := kit.NewButton(w.T("window.cancel"), "", kit.Plain, func() { w.CloseDialog() })
	texts := kit.VStack(8, kit.Heading(title, kit.TextHeading), about)
	content := kit.VStack(20, texts, kit.HStack(kit.Gap, kit.Space(), no, yes))
	w.ShowDialog(kit.Pad(content, 18, 20), fyne.NewSize(440, 0), no)
}

// Decide opens a question with two answers, each of which closes it. Escape and "Cancel" leave everything as it is.
func (w *Window) Decide(title, about, one, other string, doOne, doOther func()) {
	answer := func(text string, work func()) *kit.Button {
		return kit.NewButton(text, "", kit.Strong, func() {
			w.CloseDialog()
			work()
		})
	}
	no := kit.NewButton(w.T("window.cancel"), "", kit.Plain, func() { w.CloseDialog() })
	texts := kit.VStack(8, kit.Heading(title, kit.TextHeading), kit.NewParagraph(about, kit.TextBody, kit.Muted))
	content := kit.VStack(20, texts, kit.HStack(kit.Gap, kit.Space(), no, answer(one, doOne), answer(other, doOther)))
	w.ShowDialog(kit.Pad(content, 18, 20), fyne.NewSize(540, 0), no)
}

// ShowDialog lays content over the window, until CloseDialog; focus gets the keys.
func (w *Window) ShowDialog(content fyne.CanvasObject, size fyne.Size, focus fyne.Focusable) {
	w.dialog = widget.NewModalPopUp(kit.AtLeast(content, size), w.Canvas())
	w.dialog.Show()
	w.Canvas().Focus(focus)
}

// CloseDialog closes the question that is open and reports whether there was one.
func (w *Window) CloseDialog() bool {
	if w.dialog == nil {
		return false
	}
	w.dialog.Hide()
	w.dialog = nil
	return true
}
