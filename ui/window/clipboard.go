package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/format"
	"perch/ui/kit"
)

// CopyRow is a value that can be copied.
func (w *Window) CopyRow(name, value string) fyne.CanvasObject {
	text := kit.CutText(value, kit.TextSmall, kit.Ink)
	text.Mono = true
	button := kit.NewButton(w.T("window.copy"), "copy", kit.Plain, func() { w.Copy(value) }).Small()
	box := container.NewStack(kit.NewGround(kit.Sunken, "", 7), kit.Pad(text, 6, 10))
	return container.NewBorder(nil, nil, kit.AtLeast(kit.Middle(kit.NewText(name, kit.TextSmall, kit.Muted)), fyne.NewSize(190, 0)),
		kit.HStack(0, kit.AtLeast(container.NewStack(), fyne.NewSize(8, 0)), button), box)
}

// Copy puts a text onto the clipboard.
func (w *Window) Copy(text string) {
	w.App.Clipboard().SetContent(text)
	w.Notify(format.Good, w.T("window.copied"), "")
}
