package rig

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"perch/ui/kit"
)

// walk goes through all that is visible until f returns false for one, whose inside it then leaves out.
func (r *Rig) walk(f func(fyne.CanvasObject) bool) {
	var down func(o fyne.CanvasObject)
	down = func(o fyne.CanvasObject) {
		if !o.Visible() || !f(o) {
			return
		}
		for _, child := range children(o) {
			down(child)
		}
	}
	down(r.Fyne().Content())
	for _, o := range r.Canvas().Overlays().List() {
		down(o)
	}
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case *fyne.Container:
		return v.Objects
	case fyne.Widget:
		return test.WidgetRenderer(v).Objects()
	}
	return nil
}

// MustTakeClicks finds what swallows clicks: Fyne's driver gives every click to the topmost thing that takes any kind of one,
// so that one which only takes the right button keeps the left one from what it lies on. Fyne's tests do not.
func (r *Rig) MustTakeClicks(where string) {
	r.t.Helper()
	var down func(o fyne.CanvasObject, below fyne.CanvasObject)
	down = func(o, below fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch v := o.(type) {
		case fyne.Tappable:
			below = o
		case fyne.SecondaryTappable, fyne.DoubleTappable, desktop.Mouseable:
			if below != nil {
				r.t.Errorf("%s: %T swallows the clicks on %T", where, v, below)
			}
		}
		for _, child := range children(o) {
			down(child, below)
		}
	}
	down(r.Fyne().Content(), nil)
}

// AllText is everything that can be read in the window, one thing a line.
func (r *Rig) AllText() string {
	var lines []string
	r.walk(func(o fyne.CanvasObject) bool {
		switch v := o.(type) {
		case *kit.Text:
			lines = append(lines, v.Text())
		case *kit.Paragraph:
			lines = append(lines, v.Text())
		case *kit.Button:
			lines = append(lines, v.Text())
			return false
		case *kit.Entry:
			lines = append(lines, v.Text, v.PlaceHolder)
			return false
		}
		return true
	})
	return strings.Join(lines, "\n")
}

// MustSee fails the test unless all texts are to be seen.
func (r *Rig) MustSee(texts ...string) {
	r.t.Helper()
	all := r.AllText()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			r.t.Errorf("%q is not to be seen; there is:\n%s", text, all)
		}
	}
}

// MustNotSee fails the test when any of the texts is to be seen.
func (r *Rig) MustNotSee(texts ...string) {
	r.t.Helper()
	all := r.AllText()
	for _, text := range texts {
		if strings.Contains(all, text) {
			r.t.Errorf("%q is to be seen", text)
		}
	}
}

// drawn is every text that is put on the screen, and every label that a screen reader says.
func (r *Rig) drawn() []string {
	var all []string
	r.walk(func(o fyne.CanvasObject) bool {
		switch v := o.(type) {
		case *canvas.Text:
			all = append(all, v.Text)
		case *kit.Text: // of other scripts only a picture is drawn
			all = append(all, v.Text())
		case *kit.Paragraph:
			all = append(all, strings.ReplaceAll(v.Text(), "\n", " "))
		}
		if named, ok := o.(fyne.Accessible); ok {
			all = append(all, named.AccessibilityLabel())
		}
		return true
	})
	return all
}

// MustBeReadable fails the test when anything on the screen would steer a reader.
func (r *Rig) MustBeReadable(where string) {
	r.t.Helper()
	for _, text := range r.drawn() {
		if strings.ContainsFunc(text, func(c rune) bool {
			return unicode.IsControl(c) || c == 0x2028 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)
		}) {
			r.t.Errorf("%s shows %q", where, text)
		}
	}
}

// MustLookLike compares the window with a picture in testdata.
func (r *Rig) MustLookLike(name string) {
	r.t.Helper()
	test.AssertImageMatches(r.t, name, software.RenderCanvas(r.Canvas(), fyne.CurrentApp().Settings().Theme()))
}
