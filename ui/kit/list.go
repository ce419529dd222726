package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// List is Fyne's list, but the Enter key works as space does, Home, End and the page keys move as everywhere, and the window's
// own keys work while it has the focus.
type List struct {
	widget.List
	// OnMenu is called with the item that the menu key, or F10, was pressed on; nil for nothing.
	OnMenu func(id int)

	at   int     // the item that the keys are on
	step float32 // from one item to the next
}

// NewList returns a list; the functions are those of Fyne's.
func NewList(length func() int, makeItem func() fyne.CanvasObject, update func(widget.ListItemID, fyne.CanvasObject)) *List {
	l := &List{step: makeItem().MinSize().Height + theme.Padding()}
	l.Length, l.CreateItem, l.UpdateItem = length, makeItem, update
	l.OnHighlighted = func(id widget.ListItemID) { l.at = id }
	l.ExtendBaseWidget(l)
	return l
}

// Press does what a click on an item does. An item that takes clicks of any kind gets all of them, so it hands this one on.
func (l *List) Press(id int) {
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(l); canvas != nil {
		canvas.Focus(l)
	}
	l.goTo(id)
	l.Select(id)
}

// At is the item that the keys are on.
func (l *List) At() int { return l.at }

// Chosen tells which item was pressed: the keys go on from there.
func (l *List) Chosen(id int) { l.at = id }

// TypedKey implements fyne.Focusable.
func (l *List) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		l.List.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	case fyne.KeyEscape:
		escape(l)
	case fyne.KeyF1:
		handOn(l, k)
	case fyne.KeyHome:
		l.goTo(0)
	case fyne.KeyEnd:
		l.goTo(l.Length() - 1)
	case fyne.KeyPageUp:
		l.goTo(l.at - l.page())
	case fyne.KeyPageDown:
		l.goTo(l.at + l.page())
	case desktop.KeyMenu, fyne.KeyF10:
		if l.OnMenu != nil && l.at < l.Length() {
			l.OnMenu(l.at)
		}
	default:
		l.List.TypedKey(k)
	}
}

func (l *List) goTo(id int) {
	if last := l.Length() - 1; last >= 0 {
		l.Highlight(min(max(id, 0), last))
	}
}

// page is how many items are on screen, but for one that stays to be recognised.
func (l *List) page() int { return max(1, int(l.Size().Height/l.step)-1) }
