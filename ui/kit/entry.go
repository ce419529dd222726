package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Entry is Fyne's entry, but the window's own shortcuts and the Escape key work while it has the focus.
type Entry struct {
	widget.Entry
}

// NewEntry returns an entry of one line.
func NewEntry(placeholder string) *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	e.PlaceHolder = placeholder
	e.Wrapping = fyne.TextWrapOff
	e.Scroll = fyne.ScrollHorizontalOnly
	return e
}

// NewSecretEntry returns an entry that shows dots.
func NewSecretEntry(placeholder string) *Entry {
	e := NewEntry(placeholder)
	e.Password = true
	return e
}

// TypedShortcut implements fyne.Shortcutable.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if custom, ok := s.(*desktop.CustomShortcut); ok {
		if c := canvasOf(e); c != nil {
			if target, ok := c.(fyne.Shortcutable); ok {
				target.TypedShortcut(custom)
				return
			}
		}
	}
	e.Entry.TypedShortcut(s)
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		escape(e)
		return
	}
	e.Entry.TypedKey(k)
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	if fyne.CurrentApp() == nil {
		return nil
	}
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// escape hands the key on to the window and gives up the focus.
func escape(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	c.Unfocus()
	if typed := c.OnTypedKey(); typed != nil {
		typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	}
}

// Area makes content react to clicks, without any look of its own but a veil under the pointer.
type Area struct {
	widget.BaseWidget
	content  fyne.CanvasObject
	veil     *Ground
	OnTapped func()
}

var (
	_ fyne.Tappable     = (*Area)(nil)
	_ desktop.Hoverable = (*Area)(nil)
)

// NewArea returns content that can be clicked.
func NewArea(content fyne.CanvasObject, tapped func()) *Area {
	a := &Area{content: content, veil: NewGround("", "", Radius), OnTapped: tapped}
	a.ExtendBaseWidget(a)
	return a
}

// Tapped implements fyne.Tappable.
func (a *Area) Tapped(*fyne.PointEvent) {
	if a.OnTapped != nil {
		a.OnTapped()
	}
}

// MouseIn implements desktop.Hoverable.
func (a *Area) MouseIn(*desktop.MouseEvent) { a.veil.Set("hover", "") }

// MouseMoved implements desktop.Hoverable.
func (a *Area) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (a *Area) MouseOut() { a.veil.Set("", "") }

// CreateRenderer implements fyne.Widget.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(stacked(a.content, a.veil))
}
