package window

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
)

// navItem is one line of the navigation.
type navItem struct {
	widget.BaseWidget
	ground *kit.Ground
	icon   *kit.Icon
	label  *kit.Text
	badge  *kit.Pill
	name   string
	tapped func()

	isChosen, isHovered, isFocused, isNarrow bool
	waits                                    int
}

var (
	_ fyne.Tappable     = (*navItem)(nil)
	_ fyne.Focusable    = (*navItem)(nil)
	_ fyne.Accessible   = (*navItem)(nil)
	_ desktop.Hoverable = (*navItem)(nil)
)

func newNavItem(icon, name string, tapped func()) *navItem {
	n := &navItem{
		ground: kit.NewGround("", "", 8), icon: kit.NewIcon(icon, kit.Muted, 19), label: kit.CutText(name, kit.TextBody, kit.Muted),
		badge: kit.NewPill("", kit.Bad, kit.BadSoft), name: name, tapped: tapped,
	}
	n.badge.Hide()
	n.ExtendBaseWidget(n)
	return n
}

// CreateRenderer implements fyne.Widget.
func (n *navItem) CreateRenderer() fyne.WidgetRenderer {
	row := container.NewBorder(nil, nil, kit.HStack(0, kit.Middle(n.icon), kit.AtLeast(container.NewStack(), fyne.NewSize(10, 0))), kit.Middle(n.badge), n.label)
	return widget.NewSimpleRenderer(container.NewStack(n.ground, kit.Pad(row, 8, 10)))
}

func (n *navItem) choose(on bool) {
	n.isChosen = on
	n.paint()
}

// count shows a number of things that wait; 0 shows none. Where there is no room for it the icon tells.
func (n *navItem) count(number int) {
	if n.waits == number {
		return
	}
	n.waits = number
	text := strconv.Itoa(number)
	if number > 999 {
		text = "999+"
	}
	n.badge.Set(text, kit.Bad, kit.BadSoft)
	n.fit()
}

// narrow shows the icon alone, or the name again.
func (n *navItem) narrow(on bool) {
	if n.isNarrow != on {
		n.isNarrow = on
		n.fit()
	}
}

func (n *navItem) fit() {
	kit.Pick(n.isNarrow, n.label.Hide, n.label.Show)()
	kit.Pick(n.waits > 0 && !n.isNarrow, n.badge.Show, n.badge.Hide)()
	n.paint()
}

func (n *navItem) paint() {
	ink, icon := kit.Muted, kit.Muted
	var fill, frame fyne.ThemeColorName
	switch {
	case n.isChosen:
		fill, frame, ink, icon = kit.Surface, kit.Border, kit.Ink, kit.Accent
	case n.isHovered:
		fill = "hover"
	}
	if n.isFocused {
		frame = kit.Accent
	}
	if n.isNarrow && n.waits > 0 {
		icon = kit.Bad
	}
	n.ground.Set(fill, frame)
	n.label.Set(n.name, ink)
	n.icon.Set(n.icon.Name(), icon)
}

// Tapped implements fyne.Tappable.
func (n *navItem) Tapped(*fyne.PointEvent) { n.tapped() }

// TypedKey implements fyne.Focusable.
func (n *navItem) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		n.tapped()
		return
	}
	kit.Pass(n, e)
}

// TypedRune implements fyne.Focusable.
func (n *navItem) TypedRune(rune) {}

// FocusGained implements fyne.Focusable.
func (n *navItem) FocusGained() { n.isFocused = true; n.paint() }

// FocusLost implements fyne.Focusable.
func (n *navItem) FocusLost() { n.isFocused = false; n.paint() }

// MouseIn implements desktop.Hoverable.
func (n *navItem) MouseIn(*desktop.MouseEvent) { n.isHovered = true; n.paint() }

// MouseMoved implements desktop.Hoverable.
func (n *navItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (n *navItem) MouseOut() { n.isHovered = false; n.paint() }

// AccessibilityLabel implements fyne.Accessible.
func (n *navItem) AccessibilityLabel() string { return n.name }

// AccessibilityRole implements fyne.Accessible.
func (n *navItem) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }
