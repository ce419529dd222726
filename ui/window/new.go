package window

import (
	"context"
	"os"
	"time"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/app/logtail"
	"perch/assets"
	"perch/ui/kit"
	"perch/ui/typeset"
	"perch/ui/watch"
)

// New returns a window that is not shown yet, with the pages of a table.
func New(o Options, table []Entry) *Window {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Downloads == "" {
		o.Downloads = downloads(os.Getenv, os.UserHomeDir)
	}
	namesFiles := o.Save == nil
	if o.Save == nil {
		o.Save = func(name string, data []byte) (string, error) { return control.SaveFile(o.Downloads, name, data) }
	}
	if o.OpenLog == nil {
		o.OpenLog = func(path string, q logtail.Query) Log { return logtail.New(path, q) }
	}
	exact := o.Relay
	o.interpret()
	w := &Window{
		Options: o, Exact: exact, NamesFiles: namesFiles, Preferences: ReadPreferences(o.PreferencesPath), table: table,
		pages: map[string]Page{}, painted: map[string]string{}, items: map[string]*navItem{},
	}
	if o.Memory != nil {
		w.Preferences = preferencesIn(o.Memory)
	}
	if w.theme = o.Theme; w.theme == "" {
		w.Preferences.Get(prefTheme, &w.theme)
	}
	w.fonts = w.newFonts()
	w.setTheme()
	w.Watch = watch.New(watch.Options{Relay: o.Relay, Desktop: o.Desktop, Now: o.Now, Explain: w.Explain, Render: w.Render, Post: o.Post})
	for _, entry := range table {
		w.pages[entry.Name], w.painted[entry.Name] = entry.New(w), w.look()
	}
	w.fyne = o.App.NewWindow("Perch")
	w.fyne.SetIcon(fyne.NewStaticResource("perch.png", assets.Icon(assets.App, 256)))
	w.fyne.SetPadded(false)
	w.fyne.SetContent(w.frame())
	w.resize()
	w.shortcuts()
	w.Open(w.first())
	return w
}

// newFonts returns what sets texts in other scripts: with a pen, or with the system's fonts, which are read in the background.
func (w *Window) newFonts() *typeset.Fonts {
	var f *typeset.Fonts
	switch {
	case w.Pen != nil:
		f = typeset.NewWith(w.Pen)
	case w.Fonts != nil:
		f = typeset.New(w.Fonts, func(work func(context.Context) error, then func(error)) { w.Watch.Do(work, then) })
	default:
		return nil
	}
	f.Language = w.Texts.Lang()
	return f
}

func (w *Window) setTheme() {
	w.App.Settings().SetTheme(kit.Theme{
		Mode: w.theme, Fonts: w.fonts, NoFont: func(script string) string { return w.T("window.no_font", script) },
	})
}

// resize gives the window the size that it had when it was closed.
func (w *Window) resize() {
	var width, height float32
	w.Preferences.Get(prefWidth, &width)
	w.Preferences.Get(prefHeight, &height)
	if width == 0 {
		width, height = defaultWidth, defaultHeight
	}
	w.fyne.Resize(fyne.NewSize(max(width, leastWidth), max(height, leastHeight)))
}

// first is the page to begin with.
func (w *Window) first() string {
	var last string
	w.Preferences.Get(prefSection, &last)
	for _, name := range []string{w.Section, last} {
		if w.pages[name] != nil {
			return name
		}
	}
	return w.table[0].Name
}

// The size of a window that was not closed before.
const defaultWidth, defaultHeight = 1180, 760
