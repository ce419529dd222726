// Package kit is how Perch's window looks: the theme and the few widgets that the pages are put together from.
//
// It knows nothing of messages or relays. Everything in it takes its colours from the theme whenever it is refreshed,
// so that a change between light and dark reaches all of it. As all of Fyne, it belongs to the main thread.
package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"perch/ui/typeset"
)

// The colours by their part in the design, beside Fyne's own names.
const (
	// Surface is the ground of cards, Sidebar that of the navigation; theme.ColorNameBackground is the page's.
	Surface fyne.ThemeColorName = "perchSurface"
	Sidebar fyne.ThemeColorName = "perchSidebar"
	// Sunken is the ground of what lies deeper than a card: code, tracks of bars.
	Sunken fyne.ThemeColorName = "perchSunken"
	Border fyne.ThemeColorName = "perchBorder"
	// Ink, Muted and Faint are texts, the most important first.
	Ink   fyne.ThemeColorName = "perchInk"
	Muted fyne.ThemeColorName = "perchMuted"
	Faint fyne.ThemeColorName = "perchFaint"
	// Accent is Perch's blue; AccentDeep is the second colour of charts.
	Accent     fyne.ThemeColorName = "perchAccent"
	AccentDeep fyne.ThemeColorName = "perchAccentDeep"
	AccentSoft fyne.ThemeColorName = "perchAccentSoft"
	// Good, Warn, Bad and Idle say how something is; the soft ones are grounds for them.
	Good     fyne.ThemeColorName = "perchGood"
	GoodSoft fyne.ThemeColorName = "perchGoodSoft"
	Warn     fyne.ThemeColorName = "perchWarn"
	WarnSoft fyne.ThemeColorName = "perchWarnSoft"
	Bad      fyne.ThemeColorName = "perchBad"
	BadSoft  fyne.ThemeColorName = "perchBadSoft"
	Idle     fyne.ThemeColorName = "perchIdle"
	IdleSoft fyne.ThemeColorName = "perchIdleSoft"
)

// Sizes of text and space, in Fyne's units.
const (
	TextTitle   = 22
	TextHeading = 16
	TextBody    = 14
	TextSmall   = 12.5
	TextTiny    = 11.5

	Gap    = 8
	GapBig = 16
	Radius = 10
)

// pair is a colour in light and in dark.
type pair struct{ light, dark uint32 }

var colors = map[fyne.ThemeColorName]pair{
	Surface: {0xffffff, 0x18212b}, Sidebar: {0xe9eef3, 0x131b23}, Sunken: {0xf0f3f6, 0x111921}, Border: {0xd9e0e7, 0x2b3845},
	Ink: {0x16212c, 0xe9eff5}, Muted: {0x566676, 0x9fafbf}, Faint: {0x8492a0, 0x6d7e8f},
	Accent: {0x126c9e, 0x45ade0}, AccentDeep: {0x6d56c1, 0xa493f0}, AccentSoft: {0xdfeff8, 0x16364a},
	Good: {0x137538, 0x4cc57a}, GoodSoft: {0xe0f4e7, 0x143525}, Warn: {0x965700, 0xf0b44c}, WarnSoft: {0xfdf0d9, 0x3b2d12},
	Bad: {0xc4253a, 0xf5737f}, BadSoft: {0xfce6e8, 0x431a20}, Idle: {0x667483, 0x93a1af}, IdleSoft: {0xe6ebf0, 0x25313c},

	theme.ColorNameBackground: {0xf4f6f9, 0x0f151b}, theme.ColorNameForeground: {0x16212c, 0xe9eff5},
	theme.ColorNamePrimary: {0x126c9e, 0x45ade0}, theme.ColorNameForegroundOnPrimary: {0xffffff, 0x06202e},
	theme.ColorNameHyperlink: {0x126c9e, 0x45ade0}, theme.ColorNameButton: {0xffffff, 0x202b36},
	theme.ColorNameDisabledButton: {0xeef1f4, 0x1a232c}, theme.ColorNameDisabled: {0xa3afbb, 0x55646f},
	theme.ColorNameInputBackground: {0xffffff, 0x111921}, theme.ColorNameInputBorder: {0xccd5dd, 0x34434f},
	theme.ColorNamePlaceHolder: {0x8492a0, 0x6d7e8f}, theme.ColorNameSeparator: {0xe3e8ed, 0x222d37},
	theme.ColorNameMenuBackground: {0xffffff, 0x202b36}, theme.ColorNameOverlayBackground: {0xffffff, 0x18212b},
	theme.ColorNameHeaderBackground: {0xf4f6f9, 0x0f151b}, theme.ColorNameSelection: {0xd8ebf7, 0x18384c},
	theme.ColorNameError: {0xc4253a, 0xf5737f}, theme.ColorNameSuccess: {0x137538, 0x4cc57a}, theme.ColorNameWarning: {0x965700, 0xf0b44c},
	theme.ColorNameScrollBarBackground: {0xf4f6f9, 0x0f151b},
}

// veils are colours that lie over others; the last byte is how much they cover.
var veils = map[fyne.ThemeColorName]pair{
	theme.ColorNameHover: {0x16212c0e, 0xffffff10}, theme.ColorNamePressed: {0x16212c1c, 0xffffff1e},
	theme.ColorNameFocus: {0x1677ab50, 0x45ade060}, theme.ColorNameScrollBar: {0x5666765a, 0x9fafbf5a},
	theme.ColorNameShadow: {0x16212c30, 0x00000070},
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNamePadding: 4, theme.SizeNameInnerPadding: 8, theme.SizeNameText: TextBody, theme.SizeNameCaptionText: TextTiny,
	theme.SizeNameHeadingText: TextTitle, theme.SizeNameSubHeadingText: TextHeading, theme.SizeNameInputRadius: 8,
	theme.SizeNameButtonRadius: 8, theme.SizeNameSelectionRadius: 6, theme.SizeNameScrollBar: 10, theme.SizeNameScrollBarSmall: 4,
	theme.SizeNameSeparatorThickness: 1, theme.SizeNamePopupRadius: Radius, theme.SizeNameDialogRadius: Radius + 2, theme.SizeNameMenuRadius: Radius,
	theme.SizeNameCardRadius: Radius, theme.SizeNameModalBlurRadius: 0,
}

// The values of Theme.Mode.
const (
	ModeSystem = ""
	ModeLight  = "light"
	ModeDark   = "dark"
)

// Theme is Perch's theme. Its zero value follows the system between light and dark.
type Theme struct {
	// Mode is ModeSystem, ModeLight or ModeDark.
	Mode string
	// Fonts set the texts that Fyne cannot; nil for what Fyne's own fonts hold.
	Fonts *typeset.Fonts
	// NoFont says that there is no font for the letters with a name; nil says nothing.
	NoFont func(script string) string
}

var _ fyne.Theme = Theme{}

// Color implements fyne.Theme.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	variant = t.variant(variant)
	if p, ok := colors[name]; ok {
		return opaque(p.of(variant))
	}
	if p, ok := veils[name]; ok {
		v := p.of(variant)
		return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
	}
	return theme.DefaultTheme().Color(name, variant)
}

func (t Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.Mode {
	case ModeLight:
		return theme.VariantLight
	case ModeDark:
		return theme.VariantDark
	}
	return system
}

func (p pair) of(variant fyne.ThemeVariant) uint32 {
	if variant == theme.VariantDark {
		return p.dark
	}
	return p.light
}

func opaque(rgb uint32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xff}
}

// Font implements fyne.Theme.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon implements fyne.Theme.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements fyne.Theme.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	if size, ok := sizes[name]; ok {
		return size
	}
	return theme.DefaultTheme().Size(name)
}
