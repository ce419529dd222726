package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/version"
	"perch/ui/kit"
)

const (
	// keysHeight is that of the list of keys, and aboutRest what the dialog has beside it: in a low window the list scrolls.
	keysHeight, aboutRest = 300, 235
)

// keys are the shortcuts by the keys of their texts.
func keys() [][2]string {
	return [][2]string{
		{"Ctrl+1 … 7", "pages"},
		{"Ctrl+F", "find"},
		{"Ctrl+J", "conversation"},
		{"Esc", "close"},
		{"Tab, Shift+Tab", "next"},
		{"Enter", "press"},
		{"Home, End, PgUp, PgDn", "move"},
		{"Menu, F10", "menu"},
		{"F1, Ctrl+/", "help"},
	}
}

// About shows the version, the licences and the keys.
func (w *Window) About() {
	rows := kit.VStack(5)
	for _, key := range keys() {
		name := kit.NewText(key[0], kit.TextSmall, kit.Ink)
		name.Bold = true
		rows.Add(container.NewBorder(nil, nil, kit.AtLeast(name, fyne.NewSize(170, 0)), nil, kit.NewParagraph(w.T("window.key."+key[1]), kit.TextSmall, kit.Muted)))
	}
	list := container.NewVScroll(rows)
	list.SetMinSize(fyne.NewSize(0, min(keysHeight, w.Canvas().Size().Height-aboutRest)))
	number := w.T("window.about.version", version.Number)
	closer := kit.NewButton(w.T("window.close"), "", kit.Plain, func() { w.CloseDialog() })
	copyIt := kit.NewButton(w.T("window.copy"), "copy", kit.Plain, func() { w.Copy("Perch " + version.Number) }).Small()
	content := kit.VStack(14,
		kit.HStack(kit.Gap, kit.Heading(number, kit.TextHeading), kit.Space(), copyIt),
		kit.NewParagraph(w.T("window.about.licence"), kit.TextSmall, kit.Muted),
		kit.Heading(w.T("window.about.keys"), kit.TextBody), list, kit.HStack(0, kit.Space(), closer))
	w.CloseDialog()
	w.ShowDialog(kit.Pad(content, 16, 20), fyne.NewSize(460, 0), closer)
}
