// Package settings is the page on which everything that perch.toml and the store of secrets hold can be set and tried.
//
// It guarantees that nothing is saved that the relay would refuse, that a secret is never shown, and that what was changed
// here and not saved stays when the settings are read anew.
package settings

import (
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// checkAfter is how long typing has to rest before the settings are checked.
const checkAfter = 300 * time.Millisecond

// page is the form of everything that perch.toml and the store of secrets hold.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about    *kit.Text
	problem  *kit.Notice
	unlock   *kit.Button // opens the vault
	tabs     *fyne.Container
	cards    *fyne.Container
	login    *form.LoginSwitch
	bar      *fyne.Container
	barText  *kit.Text
	saveIt   *kit.Button
	stored   control.Settings
	draft    control.Config
	tab      string // "general", "reach" or the number of a channel
	problems []control.Problem
	places   map[string]*kit.Paragraph // by the field's full path
	edits    int
}

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	s := &page{win: win, tab: "general", tabs: kit.HStack(6), cards: kit.VStack(kit.GapBig), places: map[string]*kit.Paragraph{}}
	s.login = form.NewLoginSwitch(win)
	s.about = kit.CutText("", kit.TextSmall, kit.Muted)
	s.unlock = kit.NewButton(win.T("window.settings.unlock"), "key", kit.Strong, func() { win.Unlock(func() {}) }).Small()
	s.problem = kit.NewNotice(s.unlock)
	s.barText = kit.CutText("", kit.TextSmall, kit.Muted)
	s.saveIt = kit.NewButton(win.T("window.settings.save"), "check", kit.Strong, s.onSave)
	undo := kit.NewButton(win.T("window.settings.undo"), "", kit.Plain, s.onUndo)
	row := container.NewBorder(nil, nil, nil, kit.HStack(kit.Gap, undo, s.saveIt), s.barText)
	s.bar = container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(row, 10, 16))
	s.bar.Hide()
	again := kit.NewButton(win.T("window.settings.wizard"), "wizard", kit.Plain, func() { win.Open(window.Setup) })
	body := kit.Scrolled(kit.VStack(14, kit.Header(win.T("window.settings"), s.about, again), s.tabs), s.problem, s.cards)
	s.root = container.NewBorder(nil, kit.Inset(0, 16, 24, 24, s.bar), nil, nil, body)
	return s
}

func (s *page) Content() fyne.CanvasObject { return s.root }

func (s *page) Render(d snapshot.Data) { s.login.Render(d) }

// Shown reads the settings anew, unless something was changed here.
func (s *page) Shown(on bool) {
	if on && !s.isDirty() {
		s.win.ReloadSettings()
	}
}

func (s *page) isDirty() bool {
	return s.win.IsKnown && !reflect.DeepEqual(form.Clone(s.stored.Config), s.draft)
}

// Configure takes in what is set now; what was changed here and not saved stays.
func (s *page) Configure(stored control.Settings) {
	wasDirty := s.stored.Path != "" && s.isDirty()
	changed := !reflect.DeepEqual(s.stored, stored)
	s.stored = stored
	if !wasDirty {
		s.draft = form.Clone(stored.Config)
	}
	s.about.SetText(stored.Path)
	s.warn()
	if changed {
		s.build()
	}
}

// warn shows what keeps settings or secrets from being read.
func (s *page) warn() {
	s.problem.Hide()
	isLocked := s.win.IsLocked() && (s.stored.SecretsProblem != nil || !s.win.Data.Running) // a relay that runs has opened it
	kit.Pick(isLocked, s.unlock.Show, s.unlock.Hide)()
	if isLocked && s.stored.SecretsProblem == nil {
		s.problem.Set("key", kit.Warn, kit.WarnSoft, s.win.T("window.vault.locked"), "")
		return
	}
	for _, p := range []*control.Failure{s.stored.Problem, s.stored.SecretsProblem} {
		if p != nil {
			s.problem.Set("attention", kit.Bad, kit.BadSoft, format.Sentence(p.Message), format.Sentence(p.Remedy))
			return
		}
	}
}

// isStored reports whether a channel was saved before.
func (s *page) isStored(channel int) bool {
	return slices.ContainsFunc(s.stored.Config.Channels, func(c control.ChannelConfig) bool { return c.Name == s.name(channel) })
}

// name is that under which the secrets of a channel are stored.
func (s *page) name(channel int) string {
	if channel < len(s.draft.Channels) {
		return s.draft.Channels[channel].Name
	}
	return ""
}
