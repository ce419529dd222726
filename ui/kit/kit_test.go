package kit_test

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/go-cmp/cmp"

	"perch/ui/kit"
)

func mustApp(t *testing.T, mode string) fyne.App {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.Theme{Mode: mode})
	return a
}

// contrast is that of WCAG 2: 21 for black on white.
func contrast(a, b color.Color) float64 {
	light := func(c color.Color) float64 {
		r, g, b, _ := c.RGBA()
		part := func(v uint32) float64 {
			x := float64(v) / 0xffff
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTextsCanBeReadOnTheirGrounds(t *testing.T) {
	type name = fyne.ThemeColorName
	grounds := map[name][]name{
		kit.Ink:   {theme.ColorNameBackground, kit.Surface, kit.Sunken, kit.Sidebar, kit.AccentSoft, kit.WarnSoft, kit.BadSoft, kit.GoodSoft},
		kit.Muted: {theme.ColorNameBackground, kit.Surface, kit.Sunken, kit.Sidebar, kit.WarnSoft, kit.BadSoft, kit.GoodSoft},
		kit.Good:  {kit.Surface, kit.Sunken, kit.GoodSoft}, kit.Warn: {kit.Surface, kit.WarnSoft}, kit.Bad: {kit.Surface, kit.BadSoft},
		kit.Idle: {kit.Surface}, kit.Accent: {kit.Surface, kit.AccentSoft}, theme.ColorNameForegroundOnPrimary: {kit.Accent},
	}
	for _, variant := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		for ink, list := range grounds {
			for _, ground := range list {
				c := contrast(kit.Theme{}.Color(ink, variant), kit.Theme{}.Color(ground, variant))
				if c < 4.5 {
					t.Errorf("%s on %s has a contrast of %.1f (variant %d)", ink, ground, c, variant)
				}
			}
		}
	}
}

func TestThemeKeepsToItsMode(t *testing.T) {
	dark, light := kit.Theme{Mode: kit.ModeDark}, kit.Theme{Mode: kit.ModeLight}
	if dark.Color(kit.Ink, theme.VariantLight) != light.Color(kit.Surface, theme.VariantDark) && dark.Color(kit.Ink, theme.VariantLight) == light.Color(kit.Ink, theme.VariantLight) {
		t.Error("dark and light have the same ink")
	}
	if kit.ModeSystem != "" || (kit.Theme{}).Color(kit.Ink, theme.VariantDark) != dark.Color(kit.Ink, theme.VariantLight) {
		t.Error("the zero theme does not follow the system")
	}
	if (kit.Theme{}).Size(theme.SizeNameInputRadius) != 8 || (kit.Theme{}).Size(theme.SizeNameWindowButtonIcon) == 0 {
		t.Error("sizes")
	}
}

func TestFit(t *testing.T) {
	mustApp(t, kit.ModeLight)
	for _, text := range []string{"short", "A much longer text that does not fit at all", strings.Repeat("w", 100_000), "ÄÖÜ ßß 日本語 日本語 日本語", ""} {
		for _, width := range []float32{1, 20, 80, 300} {
			cut := kit.Fit(text, width, 14, fyne.TextStyle{})
			got := fyne.MeasureText(cut, 14, fyne.TextStyle{}).Width
			if cut != text && cut != "…" && (got > width+0.5 || !strings.HasSuffix(cut, "…")) {
				t.Errorf("%.20q at %v is %.40q with %v", text, width, cut, got)
			}
			if fyne.MeasureText(text[:min(len(text), 200)], 14, fyne.TextStyle{}).Width <= width && len(text) < 200 && cut != text {
				t.Errorf("%q fits into %v but is %q", text, width, cut)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	measure := func(s string) float32 { return float32(len([]rune(s))) }
	tests := []struct {
		text  string
		width float32
		want  []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"a\nb", 10, []string{"a", "b"}},
		{"", 10, []string{""}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"x abcdefgh y", 4, []string{"x", "abcd", "efgh", "y"}},
		{"as it is", 0, []string{"as it is"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, kit.Wrap(tt.text, tt.width, measure)); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestButton(t *testing.T) {
	mustApp(t, kit.ModeLight)
	pressed := 0
	b := kit.NewButton("Save", "check", kit.Strong, func() { pressed++ })
	w := test.NewWindow(container.NewVBox(b))
	defer w.Close()
	test.Tap(b)
	w.Canvas().Focus(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyA})
	if pressed != 3 {
		t.Errorf("pressed %d times, want 3", pressed)
	}
	b.Enabled(false)
	test.Tap(b)
	if pressed != 3 {
		t.Error("a disabled button was pressed")
	}
	if b.AccessibilityLabel() != "Save" || kit.NewIconButton("close", "Close", nil).AccessibilityLabel() != "Close" {
		t.Error("a screen reader does not hear the button's name")
	}
	kit.NewButton("", "", kit.Plain, nil).Tapped(nil)
}

func TestEntryHandsEscapeOn(t *testing.T) {
	mustApp(t, kit.ModeLight)
	e := kit.NewEntry("")
	w := test.NewWindow(e)
	defer w.Close()
	var escaped bool
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { escaped = k.Name == fyne.KeyEscape })
	w.Canvas().Focus(e)
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierControl})
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !escaped {
		t.Error("the window does not hear of Escape")
	}
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// The wheel scrolls the page, also where the pointer is on an entry.
func TestWheelOnAnEntryScrollsThePage(t *testing.T) {
	mustApp(t, "light")
	e := kit.NewEntry("")
	e.SetText(strings.Repeat("long ", 200))
	page := container.NewVScroll(container.NewVBox(e, kit.Blank(10, 5000)))
	w := test.NewTempWindow(t, container.NewStack(page))
	w.Resize(fyne.NewSize(300, 300))
	objects := test.WidgetRenderer(e).Objects()
	top, isThere := objects[len(objects)-1].(fyne.Scrollable)
	if !isThere {
		t.Fatalf("%T gets the wheel", objects[len(objects)-1])
	}
	top.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
	if page.Offset.Y != 40 {
		t.Errorf("the page is at %v", page.Offset)
	}
	if _, takesClicks := objects[len(objects)-1].(fyne.Tappable); takesClicks {
		t.Error("what takes the wheel takes the clicks, too")
	}
	test.NewTempWindow(t, e) // outside of any page
	top.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
}

func TestEveryIconIsDrawn(t *testing.T) {
	mustApp(t, kit.ModeLight)
	for _, name := range []string{
		"overview", "traffic", "attention", "limits", "logs", "settings", "wizard", "play", "pause", "stop", "restart", "at", "door", "hub",
		"headset", "reply", "down", "up", "check", "close", "copy", "right", "left", "clock", "lock", "export", "dm", "note", "info", "sun", "moon", "auto",
		"key", "trash", "leave",
	} {
		if !kit.HasIcon(name) {
			t.Errorf("%s has no drawing", name)
			continue
		}
		w := test.NewWindow(kit.NewIcon(name, kit.Ink, 24))
		image := w.Canvas().Capture()
		seen := map[color.Color]bool{}
		for x := range image.Bounds().Dx() {
			for y := range image.Bounds().Dy() {
				seen[image.At(x, y)] = true
			}
		}
		if len(seen) < 2 {
			t.Errorf("%s is empty", name)
		}
		w.Close()
	}
}

func TestChartAndBarTakeAnything(t *testing.T) {
	mustApp(t, kit.ModeDark)
	c := kit.NewChart()
	c.Labels = []string{"a", "b"}
	c.Explain = func(int) string { return "here" }
	w := test.NewWindow(container.NewVBox(c, kit.NewBar()))
	defer w.Close()
	w.Resize(fyne.NewSize(400, 300))
	for _, n := range []int{0, 1, 60} {
		c.Set(make([]int, n), make([]int, n))
		c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 20)}})
		w.Canvas().Capture()
	}
	c.Set([]int{1_000_000, 3}, []int{0, 7})
	c.MouseOut()
	w.Canvas().Capture()
	for _, part := range []float64{-1, 0, 0.5, 2} {
		b := kit.NewBar()
		b.Set(part, kit.Bad)
		b.Resize(fyne.NewSize(100, 8))
	}
}

func TestKeysMoveThroughAList(t *testing.T) {
	test.NewTempApp(t)
	const all = 1000
	length, at, menu := all, -1, -1
	l := kit.NewList(func() int { return length }, func() fyne.CanvasObject { return kit.AtLeast(kit.Blank(1, 1), fyne.NewSize(10, 36)) }, func(int, fyne.CanvasObject) {})
	l.OnSelected = func(id int) { at = id; l.Unselect(id) }
	l.OnMenu = func(id int) { menu = id }
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(200, 440))
	press := func(keys ...fyne.KeyName) int {
		t.Helper()
		for _, key := range keys {
			l.TypedKey(&fyne.KeyEvent{Name: key})
		}
		l.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		return at
	}
	if got := press(fyne.KeyEnd); got != all-1 {
		t.Errorf("End leads to %d", got)
	}
	if got := press(fyne.KeyPageDown); got != all-1 {
		t.Errorf("page down at the end leads to %d", got)
	}
	up := press(fyne.KeyPageUp)
	if up > all-8 || up < all-13 {
		t.Errorf("page up leads to %d", up)
	}
	if got := press(fyne.KeyDown, fyne.KeyPageDown); got != all-1 {
		t.Errorf("down and page down lead to %d", got)
	}
	if got := press(fyne.KeyHome); got != 0 {
		t.Errorf("Home leads to %d", got)
	}
	if got := press(fyne.KeyPageUp, fyne.KeyPageDown); got != all-1-up {
		t.Errorf("page down from the top leads to %d, page up from the end by %d", got, all-1-up)
	}
	l.Chosen(7)
	if l.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu}); menu != 7 {
		t.Errorf("the menu key is for %d", menu)
	}
	length = 0
	press(fyne.KeyEnd, fyne.KeyHome, fyne.KeyPageDown, desktop.KeyMenu) // nothing to go to
	if menu != 7 {
		t.Errorf("an empty list has a menu for %d", menu)
	}
}
