package window

import (
	"fyne.io/fyne/v2"

	"perch/ui/format"
	"perch/ui/kit"
)

// Colors returns the colours of a tone: for text and for a ground.
func Colors(tone format.Tone) (ink, soft fyne.ThemeColorName) {
	switch tone {
	case format.Good:
		return kit.Good, kit.GoodSoft
	case format.Warn:
		return kit.Warn, kit.WarnSoft
	case format.Bad:
		return kit.Bad, kit.BadSoft
	case format.Busy:
		return kit.Accent, kit.AccentSoft
	}
	return kit.Idle, kit.IdleSoft
}
