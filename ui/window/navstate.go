package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/translation"
)

// navState is the foot of the navigation: how the relay is, and the switch between light and dark.
type navState struct {
	texts   *translation.Texts
	content fyne.CanvasObject
	dot     *kit.Icon
	ground  *kit.Ground
	state   *kit.Text
	about   *kit.Text
	theme   *kit.Button
	words   []fyne.CanvasObject // what a narrow window has no room for
	press   fyne.CanvasObject   // what a narrow window has instead: the sign opens what the button does
}

func newNavState(texts *translation.Texts, switchTheme, showAbout func()) *navState {
	s := &navState{
		texts: texts, dot: kit.NewIcon("clock", kit.Idle, 16), ground: kit.NewGround(kit.IdleSoft, "", 8),
		state: kit.CutText("", kit.TextSmall, kit.Ink), about: kit.CutText("", kit.TextTiny, kit.Muted),
	}
	s.state.Bold = true
	s.theme = kit.NewIconButton("sun", texts.T("window.theme"), switchTheme).Small()
	sign := container.NewStack(kit.AtLeast(s.ground, fyne.NewSize(30, 30)), container.NewCenter(s.dot))
	s.press = kit.NewArea(container.NewStack(), texts.T("window.about"), showAbout)
	s.press.Hide()
	buttons := kit.HStack(0, kit.Middle(kit.NewIconButton("info", texts.T("window.about"), showAbout).Small()), kit.Middle(s.theme))
	words := kit.Pad(kit.VStack(0, s.state, s.about), 0, 8)
	s.words = []fyne.CanvasObject{buttons, words}
	row := container.NewBorder(nil, nil, kit.Middle(container.NewStack(sign, s.press)), buttons, words)
	s.content = kit.VStack(8, kit.Rule(), row)
	return s
}

// narrow shows the sign alone, which can then be pressed, or all again.
func (s *navState) narrow(on bool) {
	kit.Pick(on, s.press.Show, s.press.Hide)()
	for _, o := range s.words {
		kit.Pick(on, o.Hide, o.Show)()
	}
}

// render shows how the relay is, and the icon of the theme that is chosen.
func (s *navState) render(d snapshot.Data, theme string) {
	state, _, tone := format.RelayState(d, s.texts)
	ink, soft := Colors(tone)
	icons := map[format.Tone]string{format.Good: "check", format.Warn: "attention", format.Bad: "attention", format.Busy: "restart"}
	icon := icons[tone]
	if icon == "" {
		icon = "stop"
	}
	if d.Status.State == control.StatePaused && d.Running {
		icon = "pause"
	}
	s.dot.Set(icon, ink)
	s.ground.Set(soft, "")
	s.state.SetText(state)
	s.about.SetText(navNumber(d, s.texts))
	themes := map[string]string{kit.ModeLight: "sun", kit.ModeDark: "moon", kit.ModeSystem: "auto"}
	s.theme.SetIcon(themes[theme])
}

// navNumber is the one number that matters most.
func navNumber(d snapshot.Data, t *translation.Texts) string {
	switch {
	case !d.IsKnown():
		return ""
	case d.NeedYou() > 0:
		return t.N("window.need_you", d.NeedYou())
	}
	return t.N("window.waiting", d.Waiting())
}
