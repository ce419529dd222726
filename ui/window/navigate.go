package window

import (
	"fmt"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/snapshot"
)

// Open brings a page on screen.
func (w *Window) Open(name string) {
	p, ok := w.pages[name]
	if !ok || w.current == name {
		return
	}
	if before, ok := w.pages[w.current].(Shower); ok {
		before.Shown(false)
	}
	look := w.look()
	w.painted[w.current] = look
	w.current = name
	w.Preferences.Set(prefSection, name)
	if w.Memory != nil {
		_ = w.Preferences.Save() // a browser's page ends without a word; what cannot be remembered is not
	}
	w.body.Objects = []fyne.CanvasObject{p.Content()}
	w.body.Refresh()
	if w.painted[name] != look {
		w.setTheme() // Fyne paints anew only what is on screen when the look changes
	}
	for key, item := range w.items {
		item.choose(key == name)
	}
	if now, ok := p.(Shower); ok {
		now.Shown(true)
	}
	p.Render(w.Data)
}

// look names the colours that there are now.
func (w *Window) look() string { return fmt.Sprint(w.theme, w.App.Settings().ThemeVariant()) }

// Browse leads to the messages that a filter lets through and, unless id is 0, to one of them in full.
func (w *Window) Browse(f snapshot.Filter, id int64) {
	w.Open(Traffic)
	if p, ok := w.pages[Traffic].(Browser); ok {
		p.Browse(f, id)
	}
}

// Converse leads to all that was said with the customer of a message.
func (w *Window) Converse(m *control.Message) {
	from := w.current
	w.Open(Traffic)
	if p, ok := w.pages[Traffic].(Converser); ok {
		p.Converse(m, from)
	}
}

// ConverseChosen does so for the message that is chosen on the page; it is what the key does.
func (w *Window) ConverseChosen() {
	p, ok := w.pages[w.current].(Chooser)
	if !ok {
		return
	}
	if m := p.Chosen(); m != nil && m.Who() != "" {
		w.Converse(m)
	}
}

// Find puts the focus where something is searched for on the page that is open.
func (w *Window) Find() {
	if p, ok := w.pages[w.current].(Finder); ok {
		p.Find()
	}
}

// escape closes what is open on the page and reports whether there was anything.
func (w *Window) escape() bool {
	p, ok := w.pages[w.current].(Escaper)
	return ok && p.Escape()
}
