package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
	"perch/ui/window"
)

// Input makes the widget of a field; key is that of its texts.
func Input(win *window.Window, f Field, key, value string, changed func(string)) fyne.CanvasObject {
	switch f.Kind {
	case Choice:
		var texts []string
		for _, option := range f.Options {
			texts = append(texts, win.T("window.option."+key+"."+kit.Pick(option == "", "none", option)))
		}
		s := widget.NewSelect(texts, nil)
		for i, option := range f.Options {
			if option == value {
				s.SetSelectedIndex(i)
			}
		}
		s.OnChanged = func(string) { changed(f.Options[s.SelectedIndex()]) }
		return kit.Framed(s, 0)
	case Switch:
		c := widget.NewCheck(win.T("window.on"), nil)
		c.Checked = value == "true"
		c.OnChanged = func(on bool) { changed(kit.Pick(on, "true", "false")) }
		return c
	case List:
		e := kit.NewTextArea(value, 4)
		e.OnChanged = changed
		return e
	}
	e := kit.NewEntry("")
	e.SetText(value)
	e.OnChanged = changed
	return e
}
