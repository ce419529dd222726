package settings

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	s := &page{win: win, tab: "general", tabs: kit.HStack(6), cards: kit.VStack(kit.GapBig), places: map[string]*kit.Paragraph{}, chats: map[string]*form.ChatKeys{}, secrets: map[string]*secretRow{}}
	s.login, s.backups, s.alerts = form.NewLoginSwitch(win), form.NewBackupNow(win), form.NewAlerts(win)
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

func (s *page) Render(d snapshot.Data) {
	if s.wasRunning != d.Running {
		s.wasRunning = d.Running
		s.warn() // a relay that runs has opened the vault
	}
	s.login.Render(d)
	s.backups.Render(d)
	s.alerts.Render(d)
	for _, chat := range s.chats {
		chat.Render(d)
	}
}

// Shown reads the settings anew, unless something was changed here.
func (s *page) Shown(on bool) {
	if on && !s.isDirty() {
		s.win.ReloadSettings()
	}
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
	s.unlock.Set(s.win.T(kit.Pick(s.win.VaultState.Exists, "window.settings.unlock", "window.vault.new.title")), "key", kit.Strong)
	kit.Pick(isLocked, s.unlock.Show, s.unlock.Hide)()
	if isLocked && s.stored.SecretsProblem == nil {
		s.problem.Set("key", kit.Warn, kit.WarnSoft, s.win.T(kit.Pick(s.win.VaultState.Exists, "window.vault.locked", "window.vault.new")), "")
		return
	}
	for _, p := range []*control.Failure{s.stored.Problem, s.stored.SecretsProblem} {
		if p != nil {
			s.problem.Set("attention", kit.Bad, kit.BadSoft, format.Sentence(p.Message), format.Sentence(p.Remedy))
			return
		}
	}
}
