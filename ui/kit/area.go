package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
)

// Area makes content react to clicks and keys, without any look of its own but a veil under the pointer and a frame when
// it has the focus.
type Area struct {
	widget.BaseWidget
	content  fyne.CanvasObject
	label    string
	veil     *Ground
	OnTapped func()

	isHovered, isFocused bool
}

var (
	_ fyne.Tappable     = (*Area)(nil)
	_ fyne.Focusable    = (*Area)(nil)
	_ fyne.Accessible   = (*Area)(nil)
	_ desktop.Hoverable = (*Area)(nil)
)

// NewArea returns content that can be clicked; label is what a screen reader says.
func NewArea(content fyne.CanvasObject, label string, tapped func()) *Area {
	a := &Area{content: content, label: visible.Line(label), veil: NewGround("", "", Radius), OnTapped: tapped}
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
func (a *Area) MouseIn(*desktop.MouseEvent) { a.isHovered = true; a.paint() }

// MouseMoved implements desktop.Hoverable.
func (a *Area) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (a *Area) MouseOut() { a.isHovered = false; a.paint() }

// FocusGained implements fyne.Focusable.
func (a *Area) FocusGained() { a.isFocused = true; a.paint() }

// FocusLost implements fyne.Focusable.
func (a *Area) FocusLost() { a.isFocused = false; a.paint() }

// TypedRune implements fyne.Focusable.
func (a *Area) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (a *Area) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		a.Tapped(nil)
	default:
		Pass(a, e)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (a *Area) AccessibilityLabel() string { return a.label }

// AccessibilityRole implements fyne.Accessible.
func (a *Area) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (a *Area) paint() {
	var fill, frame fyne.ThemeColorName
	if a.isHovered {
		fill = theme.ColorNameHover
	}
	if a.isFocused {
		frame = Accent
	}
	a.veil.Set(fill, frame)
}

// CreateRenderer implements fyne.Widget.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(stacked(a.content, a.veil))
}
