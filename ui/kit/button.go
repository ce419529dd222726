package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
)

// Emphasis is how much a button asks to be pressed.
type Emphasis int

// The kinds of emphasis.
const (
	// Plain is a framed button.
	Plain Emphasis = iota
	// Strong is the one thing to do on a page.
	Strong
	// Danger loses something.
	Danger
	// Quiet has no frame until the pointer is over it.
	Quiet
)

// Button is a button with an icon, a text or both. It takes part in the focus order; Space and Return press it.
type Button struct {
	widget.DisableableWidget

	// OnTapped is called when it is pressed; nil for nothing.
	OnTapped func()

	text, icon string
	label      string // for screen readers
	emphasis   Emphasis
	isHovered  bool
	isFocused  bool
	isSmall    bool
}

var (
	_ fyne.Focusable     = (*Button)(nil)
	_ fyne.Tappable      = (*Button)(nil)
	_ fyne.Accessible    = (*Button)(nil)
	_ desktop.Hoverable  = (*Button)(nil)
	_ desktop.Cursorable = (*Button)(nil)
)

// NewButton returns a button; text or icon may be empty.
func NewButton(text, icon string, emphasis Emphasis, tapped func()) *Button {
	text = visible.Line(text)
	b := &Button{text: text, icon: icon, label: text, emphasis: emphasis, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// NewIconButton returns a quiet button without a text; label is what a screen reader says.
func NewIconButton(icon, label string, tapped func()) *Button {
	b := NewButton("", icon, Quiet, tapped)
	b.label = visible.Line(label)
	return b
}

// Small makes the button low enough for rows. It returns the button.
func (b *Button) Small() *Button {
	b.isSmall = true
	return b
}

// Outlined gives an icon button the frame of the others. It returns the button.
func (b *Button) Outlined() *Button {
	b.emphasis = Plain
	return b
}

// Set changes text, icon and emphasis.
func (b *Button) Set(text, icon string, emphasis Emphasis) {
	text = visible.Line(text)
	if b.text == text && b.icon == icon && b.emphasis == emphasis {
		return
	}
	b.text, b.icon, b.emphasis, b.label = text, icon, emphasis, text
	b.Refresh()
}

// SetIcon changes the icon only.
func (b *Button) SetIcon(icon string) {
	if b.icon != icon {
		b.icon = icon
		b.Refresh()
	}
}

// Enabled makes it react or not.
func (b *Button) Enabled(on bool) {
	if on == !b.Disabled() {
		return
	}
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// Text returns what is written on it.
func (b *Button) Text() string { return b.text }

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string { return b.label }

// AccessibilityRole implements fyne.Accessible.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		Pass(b, e)
	}
}

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(rune) {}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() { b.isFocused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() { b.isFocused = false; b.Refresh() }

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.isHovered = true; b.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() { b.isHovered = false; b.Refresh() }

// Cursor implements desktop.Cursorable.
func (b *Button) Cursor() desktop.Cursor { return desktop.DefaultCursor }
