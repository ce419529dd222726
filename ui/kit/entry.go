package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Entry is Fyne's entry, but the window's own shortcuts and the Escape key work while it has the focus.
type Entry struct {
	widget.Entry
	// OnDown is called for the key that leads to what is below; nil for nothing.
	OnDown func()
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

// NewTextArea returns an entry of several lines, rows of which are seen. The tab key leaves it, as it does every other one.
func NewTextArea(text string, rows int) *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(rows)
	e.Text = text
	return e
}

// CreateRenderer implements fyne.Widget. An entry of several lines scrolls by itself.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := e.Entry.CreateRenderer()
	if e.MultiLine {
		return r
	}
	return &entryRenderer{r, newWheel(e)}
}

// AcceptsTab implements fyne.Tabbable.
func (e *Entry) AcceptsTab() bool { return false }

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
	switch {
	case k.Name == fyne.KeyEscape:
		escape(e)
	case k.Name == fyne.KeyDown && e.OnDown != nil:
		e.OnDown()
	default:
		e.Entry.TypedKey(k)
	}
}
