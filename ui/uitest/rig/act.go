package rig

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"perch/ui/kit"
)

// Find returns the first visible object that is wanted, questions first; it fails the test when there is none.
func Find[T fyne.CanvasObject](r *Rig, what string, wanted func(T) bool) T {
	r.t.Helper()
	var found T
	var isFound bool
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if isFound || !o.Visible() {
			return
		}
		if v, ok := o.(T); ok && wanted(v) {
			found, isFound = v, true
			return
		}
		for _, child := range children(o) {
			walk(child)
		}
	}
	overlays := r.Canvas().Overlays().List()
	for i := len(overlays) - 1; i >= 0; i-- {
		walk(overlays[i])
	}
	if !isFound {
		walk(r.Fyne().Content())
	}
	if !isFound {
		r.t.Fatalf("there is no %s; there is:\n%s", what, r.AllText())
	}
	return found
}

// Press presses the button with that text and lets it work.
func (r *Rig) Press(text string) {
	r.t.Helper()
	b := Find(r, "button "+text, func(b *kit.Button) bool { return b.Text() == text && !b.Disabled() })
	test.Tap(b)
	r.Settle()
	r.Refresh()
}

// Tap presses the tile or figure with that name.
func (r *Rig) Tap(name string) {
	r.t.Helper()
	test.Tap(Find(r, "tile "+name, func(a *kit.Area) bool { return a.AccessibilityLabel() == name }))
	r.Settle()
}

// Fill types into the entry with that placeholder or content.
func (r *Rig) Fill(hint, text string) {
	r.t.Helper()
	e := Find(r, "entry "+hint, func(e *kit.Entry) bool { return e.PlaceHolder == hint || e.Text == hint })
	e.SetText(text)
	r.Settle()
}

// Key types a key into the window while nothing has the focus.
func (r *Rig) Key(name fyne.KeyName) {
	r.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
}
