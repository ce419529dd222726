package ui

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

// checkAfter is how long typing has to rest before the settings are checked.
const checkAfter = 300 * time.Millisecond

// settingsPage lets people set everything that perch.toml and the store of secrets hold.
type settingsPage struct {
	u    *UI
	root fyne.CanvasObject

	about    *kit.Text
	problem  *kit.Notice
	unlock   *kit.Button // opens the vault
	tabs     *fyne.Container
	cards    *fyne.Container
	login    *loginCard
	bar      *fyne.Container
	barText  *kit.Text
	saveIt   *kit.Button
	kept     control.Settings
	draft    control.Config
	tab      string // "general", "reach" or the number of a channel
	problems []control.Problem
	places   map[string]*kit.Paragraph // by the field's full path
	edits    int
}

func newSettings(u *UI) *settingsPage {
	s := &settingsPage{u: u, tab: "general", tabs: kit.HStack(6), cards: kit.VStack(kit.GapBig), places: map[string]*kit.Paragraph{}}
	s.login = newLoginCard(u)
	s.about = kit.CutText("", kit.TextSmall, kit.Muted)
	s.unlock = kit.NewButton(u.t("window.settings.unlock"), "key", kit.Strong, func() { u.unlock(func() {}) }).Small()
	s.problem = kit.NewNotice(s.unlock)
	s.barText = kit.CutText("", kit.TextSmall, kit.Muted)
	s.saveIt = kit.NewButton(u.t("window.settings.save"), "check", kit.Strong, s.onSave)
	undo := kit.NewButton(u.t("window.settings.undo"), "", kit.Plain, s.onUndo)
	row := container.NewBorder(nil, nil, nil, kit.HStack(kit.Gap, undo, s.saveIt), s.barText)
	s.bar = container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(row, 10, 16))
	s.bar.Hide()
	again := kit.NewButton(u.t("window.settings.wizard"), "wizard", kit.Plain, func() { u.open(sectionWizard) })
	body := kit.Scrolled(kit.VStack(14, kit.Header(u.t("window.settings"), s.about, again), s.tabs), s.problem, s.cards)
	s.root = container.NewBorder(nil, kit.Inset(0, 16, 24, 24, s.bar), nil, nil, body)
	return s
}

func (s *settingsPage) content() fyne.CanvasObject { return s.root }
func (s *settingsPage) find()                      {}
func (s *settingsPage) escape() bool               { return false }
func (s *settingsPage) render(d snapshot.Data)     { s.login.render(d) }

// shown reads the settings anew, unless something was changed here.
func (s *settingsPage) shown(on bool) {
	if on && !s.isDirty() {
		s.u.reloadSettings()
	}
}

func (s *settingsPage) isDirty() bool {
	return s.u.isKnown && !reflect.DeepEqual(page.Clone(s.kept.Config), s.draft)
}

// load takes in what is set now; what was changed here and not saved stays.
func (s *settingsPage) load(kept control.Settings) {
	wasDirty := s.kept.Path != "" && s.isDirty()
	changed := !reflect.DeepEqual(s.kept, kept)
	s.kept = kept
	if !wasDirty {
		s.draft = page.Clone(kept.Config)
	}
	s.about.SetText(kept.Path)
	s.warn()
	if changed {
		s.build()
	}
}

// warn shows what keeps settings or secrets from being read.
func (s *settingsPage) warn() {
	s.problem.Hide()
	isLocked := s.u.isLocked() && (s.kept.SecretsProblem != nil || !s.u.data.Running) // a relay that runs has opened it
	kit.Pick(isLocked, s.unlock.Show, s.unlock.Hide)()
	if isLocked && s.kept.SecretsProblem == nil {
		s.problem.Set("key", kit.Warn, kit.WarnSoft, s.u.t("window.vault.locked"), "")
		return
	}
	for _, p := range []*control.Failure{s.kept.Problem, s.kept.SecretsProblem} {
		if p != nil {
			s.problem.Set("attention", kit.Bad, kit.BadSoft, format.Sentence(p.Message), format.Sentence(p.Remedy))
			return
		}
	}
}

// build makes the tabs and the cards of the one that is open.
func (s *settingsPage) build() {
	s.tabs.RemoveAll()
	tab := func(key, name, icon string) {
		look := kit.Pick(s.tab == key, kit.Strong, kit.Plain)
		s.tabs.Add(kit.NewButton(name, icon, look, func() { s.choose(key) }).Small())
	}
	tab("general", s.u.t("window.tab.general"), "settings")
	tab("reach", s.u.t("window.tab.reach"), "door")
	for i, c := range s.draft.Channels {
		tab(strconv.Itoa(i), kit.Pick(c.Name == "", s.u.t("window.tab.channel"), c.Name), "at")
	}
	s.tabs.Add(kit.NewButton(s.u.t("window.tab.add"), "", kit.Quiet, s.onAdd).Small())
	s.cards.RemoveAll()
	clear(s.places)
	kind, channel := s.tab, 0
	if n, err := strconv.Atoi(s.tab); err == nil {
		kind, channel = "channel", n
	}
	if kind == "general" {
		s.cards.Add(s.login.content)
	}
	for _, g := range page.FieldGroups() {
		if g.Tab == kind {
			s.addGroup(g, channel)
		}
	}
	if kind == "channel" && len(s.draft.Channels) > 1 {
		s.cards.Add(kit.HStack(0, kit.Space(), kit.NewButton(s.u.t("window.channel.remove"), "trash", kit.Danger, func() { s.onRemove(channel) })))
	}
	s.tabs.Refresh()
	s.cards.Refresh()
	s.mark()
}

func (s *settingsPage) choose(tab string) {
	if s.tab != tab {
		s.tab = tab
		s.build()
	}
}

func (s *settingsPage) addGroup(g page.FieldGroup, channel int) {
	rows := kit.VStack(16)
	for _, f := range g.Fields {
		if !f.IsShown(&s.draft, g.Tab, channel) {
			continue
		}
		if len(rows.Objects) > 0 {
			rows.Add(kit.Rule())
		}
		rows.Add(s.row(f, g.Tab, channel))
	}
	if len(rows.Objects) == 0 {
		return
	}
	column := kit.VStack(16, kit.Heading(s.u.t("window.group."+g.Key), kit.TextHeading), rows)
	if len(g.Checks) > 0 {
		column.Add(kit.Rule())
		column.Add(newTester(s.u, g.Checks, func() control.CheckRequest {
			draft := page.Clone(s.draft)
			return control.CheckRequest{Channel: s.name(channel), Config: &draft}
		}).content)
	}
	s.cards.Add(kit.Card(column))
}

// isKept reports whether a channel was saved before.
func (s *settingsPage) isKept(channel int) bool {
	return slices.ContainsFunc(s.kept.Config.Channels, func(c control.ChannelConfig) bool { return c.Name == s.name(channel) })
}

// name is that under which the secrets of a channel are kept.
func (s *settingsPage) name(channel int) string {
	if channel < len(s.draft.Channels) {
		return s.draft.Channels[channel].Name
	}
	return ""
}

func (s *settingsPage) row(f page.Field, tab string, channel int) fyne.CanvasObject {
	if f.Kind == page.FieldSecret {
		name := kit.Pick(tab == "channel", s.name(channel), "")
		return newSecretRow(s.u, name, f.Path, s.kept.Has(name, f.Path), s.onStored).row
	}
	full := f.Full(tab, channel)
	problem := kit.NewProblem()
	s.places[full] = problem
	key := kit.Pick(f.Path == "name", "channel.name", f.Path)
	input := s.u.input(f, page.Get(&s.draft, full), func(value string) { s.onEdit(f, full, value) })
	if e, ok := input.(*kit.Entry); ok && f.Path == "name" && s.isKept(channel) {
		e.Disable() // its keys, its Reply URL and its history are kept under the name
	}
	return kit.FormRow(s.u.t("window.field."+key), s.u.t("window.help."+key), input, problem)
}

func (s *settingsPage) onEdit(f page.Field, full, value string) {
	page.Set(&s.draft, full, value)
	if f.Kind == page.FieldChoice {
		s.build() // other fields may matter now
	}
	s.validate()
}

// validate asks for what is wrong when typing has come to rest.
func (s *settingsPage) validate() {
	s.mark()
	s.edits++
	number, draft := s.edits, page.Clone(s.draft)
	var saved control.Saved
	s.u.watch.Do(func(ctx context.Context) (err error) {
		select {
		case <-time.After(checkAfter):
		case <-ctx.Done():
			return ctx.Err()
		}
		saved, err = s.u.Settings.SaveSettings(ctx, draft, true)
		return err
	}, func(err error) {
		if number == s.edits && !s.u.complain(err) {
			s.problems = saved.Problems
			s.mark()
		}
	})
}

// mark shows each problem at its field, and whether there is something to save.
func (s *settingsPage) mark() {
	elsewhere := 0
	for _, place := range s.places {
		kit.ShowProblem(place, "")
	}
	for _, p := range s.problems {
		if place, ok := s.places[p.Field]; ok {
			kit.ShowProblem(place, format.Problem(p.Message, p.Remedy))
		} else {
			elsewhere++
		}
	}
	kit.Pick(s.isDirty(), s.bar.Show, s.bar.Hide)()
	s.saveIt.Enabled(len(s.problems) == 0)
	switch {
	case elsewhere > 0:
		p := s.problems[slices.IndexFunc(s.problems, func(p control.Problem) bool { return s.places[p.Field] == nil })]
		s.barText.Set(strings.TrimSpace(format.Problem(p.Message, p.Remedy)), kit.Bad)
	case len(s.problems) > 0:
		s.barText.Set(s.u.Texts.N("window.settings.problems", len(s.problems)), kit.Bad)
	default:
		s.barText.Set(s.u.t("window.settings.unsaved"), kit.Muted)
	}
}

func (s *settingsPage) onSave() {
	if place := s.draft.Secrets; s.kept.Exists && place != s.kept.Config.Secrets {
		s.onMove(place)
		return
	}
	draft := page.Clone(s.draft)
	var saved control.Saved
	s.saveIt.Enabled(false)
	s.u.watch.Do(func(ctx context.Context) (err error) {
		saved, err = s.u.Settings.SaveSettings(ctx, draft, false)
		return err
	}, func(err error) {
		s.saveIt.Enabled(true)
		if s.u.complain(err) {
			return
		}
		if s.problems = saved.Problems; len(saved.Problems) == 0 {
			s.kept.Config, s.kept.Exists = draft, true
			s.u.reloadSettings()
			s.u.tellTaken("window.settings.saved", "window.settings.used", saved.Taken, &draft)
		}
		s.mark()
	})
}

// onMove takes the secrets along to their new place before the rest is saved. A vault is opened or made first.
func (s *settingsPage) onMove(place string) {
	if place == "vault" && !s.u.vault.Open {
		s.u.unlock(func() { s.onMove(place) })
		return
	}
	s.saveIt.Enabled(false)
	s.u.watch.Do(func(ctx context.Context) error { return s.u.Vault.MoveSecrets(ctx, place) }, func(err error) {
		s.saveIt.Enabled(true)
		if s.u.complain(err) {
			return
		}
		s.kept.Config.Secrets = place
		s.onSave()
	})
}

func (s *settingsPage) onUndo() {
	s.draft, s.problems = page.Clone(s.kept.Config), nil
	s.edits++
	if n, err := strconv.Atoi(s.tab); err == nil && n >= len(s.draft.Channels) {
		s.tab = "general"
	}
	s.build()
}

func (s *settingsPage) onStored(isSet bool, taken control.Taken) {
	saved, used := "window.secret.saved", "window.secret.used"
	if !isSet {
		saved, used = "window.secret.gone.saved", "window.secret.gone.used"
	}
	s.u.tellTaken(saved, used, taken, &s.kept.Config)
	s.u.reloadSettings()
}

func (s *settingsPage) onAdd() {
	s.draft.Channels = append(s.draft.Channels, page.NewChannel(""))
	s.tab = strconv.Itoa(len(s.draft.Channels) - 1)
	s.build()
	s.validate()
}

func (s *settingsPage) onRemove(channel int) {
	s.u.confirm(s.u.t("window.channel.remove.title"), s.u.t("window.channel.remove.about", s.name(channel)), s.u.t("window.channel.remove"), func() {
		s.draft.Channels = slices.Delete(s.draft.Channels, channel, channel+1)
		s.tab = "general"
		s.build()
		s.validate()
	})
}
