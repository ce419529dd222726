package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
)

// confirm asks before something is lost. Escape and the second button leave everything as it is.
func (u *UI) confirm(title, about, yes string, work func()) {
	u.ask(title, kit.NewParagraph(about, kit.TextBody, kit.Muted), kit.NewButton(yes, "trash", kit.Danger, func() {
		u.closeDialog()
		work()
	}))
}

// ask opens a question. The button that says yes closes it by itself; Escape and the other one leave everything as it is.
func (u *UI) ask(title string, about fyne.CanvasObject, yes *kit.Button) {
	no := kit.NewButton(u.t("window.cancel"), "", kit.Plain, func() { u.closeDialog() })
	words := kit.VStack(8, kit.Heading(title, kit.TextHeading), about)
	content := kit.VStack(20, words, kit.HStack(kit.Gap, kit.Space(), no, yes))
	popup := widget.NewModalPopUp(kit.AtLeast(kit.Pad(content, 18, 20), fyne.NewSize(440, 0)), u.window.Canvas())
	u.dialog = popup
	popup.Show()
	u.window.Canvas().Focus(no)
}

// closeDialog closes the question that is open and reports whether there was one.
func (u *UI) closeDialog() bool {
	if u.dialog == nil {
		return false
	}
	u.dialog.Hide()
	u.dialog = nil
	return true
}
