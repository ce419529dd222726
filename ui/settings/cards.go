package settings

import (
	"strconv"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
)

// build makes the tabs and the cards of the one that is open.
func (s *page) build() {
	s.tabs.RemoveAll()
	tab := func(key, name, icon string) {
		emphasis := kit.Pick(s.tab == key, kit.Strong, kit.Plain)
		s.tabs.Add(kit.NewButton(name, icon, emphasis, func() { s.choose(key) }).Small())
	}
	tab("general", s.win.T("window.tab.general"), "settings")
	tab("reach", s.win.T("window.tab.reach"), "door")
	for i, c := range s.draft.Channels {
		tab(strconv.Itoa(i), kit.Pick(c.Name == "", s.win.T("window.tab.channel"), c.Name), "at")
	}
	s.tabs.Add(kit.NewButton(s.win.T("window.tab.add"), "", kit.Quiet, s.onAdd).Small())
	s.cards.RemoveAll()
	clear(s.places)
	kind, channel := s.tab, 0
	if n, err := strconv.Atoi(s.tab); err == nil {
		kind, channel = "channel", n
	}
	if kind == "general" {
		s.cards.Add(s.login.Card)
	}
	for _, g := range form.Groups() {
		if g.Tab == kind {
			s.addGroup(g, channel)
		}
	}
	if kind == "channel" && len(s.draft.Channels) > 1 {
		s.cards.Add(kit.HStack(0, kit.Space(), kit.NewButton(s.win.T("window.channel.remove"), "trash", kit.Danger, func() { s.onRemove(channel) })))
	}
	s.tabs.Refresh()
	s.cards.Refresh()
	s.mark()
}

func (s *page) choose(tab string) {
	if s.tab != tab {
		s.tab = tab
		s.build()
	}
}

func (s *page) addGroup(g form.Group, channel int) {
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
	column := kit.VStack(16, kit.Heading(s.win.T("window.group."+g.Key), kit.TextHeading), rows)
	if len(g.Checks) > 0 {
		column.Add(kit.Rule())
		column.Add(newTester(s.win, g.Checks, func() control.CheckRequest {
			draft := form.Clone(s.draft)
			return control.CheckRequest{Channel: s.name(channel), Config: &draft}
		}).content)
	}
	s.cards.Add(kit.Card(column))
}

func (s *page) row(f form.Field, tab string, channel int) fyne.CanvasObject {
	if f.Kind == form.Secret {
		name := kit.Pick(tab == "channel", s.name(channel), "")
		return newSecretRow(s.win, name, f.Path, s.stored.Has(name, f.Path), s.onStored).row
	}
	full := f.Full(tab, channel)
	problem := kit.NewProblem()
	s.places[full] = problem
	key := kit.Pick(f.Path == "name", "channel.name", f.Path)
	input := form.Input(s.win, f, form.Get(&s.draft, full), func(value string) { s.onEdit(f, full, value) })
	if e, ok := input.(*kit.Entry); ok && f.Path == "name" && s.isStored(channel) {
		e.Disable() // its keys, its Reply URL and its history are stored under the name
	}
	return kit.FormRow(s.win.T("window.field."+key), s.win.T("window.help."+key), input, problem)
}
