package settings

import (
	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
)

// edited is told what was typed or chosen, with the field's full path.
type edited func(f form.Field, full, value string)

// addGroup adds the card of a group, unless none of its fields matters now.
func (s *page) addGroup(g form.Group, channel int, onEdit edited) {
	rows := kit.VStack(16)
	for _, f := range g.Fields {
		if !f.IsShown(&s.draft, g.Tab, channel) {
			continue
		}
		if len(rows.Objects) > 0 {
			rows.Add(kit.Rule())
		}
		rows.Add(s.row(f, g.Tab, channel, onEdit))
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
	if g.Key == "backup" {
		column.Add(kit.Rule())
		column.Add(s.backups.Content)
	}
	s.cards.Add(kit.Card(column))
}

func (s *page) row(f form.Field, tab string, channel int, onEdit edited) fyne.CanvasObject {
	if f.Kind == form.Secret {
		if tab == "alert" {
			return s.secretRow("", "alert."+s.draft.Alerts[channel].Name+"."+f.Path).row
		}
		return s.secretRow(kit.Pick(tab == "channel", s.name(channel), ""), f.Path).row
	}
	full := f.Full(tab, channel)
	problem := kit.NewProblem()
	s.places[full] = problem
	key := f.Key(tab)
	input := form.Input(s.win, f, key, form.Get(&s.draft, full), func(value string) { onEdit(f, full, value) })
	if e, ok := input.(*kit.Entry); ok && f.Path == "name" && (tab == "channel" && s.isStored(channel) || tab == "alert" && s.isAlertStored(channel)) {
		e.Disable() // its keys, its Reply URL and its history are stored under the name
	}
	return kit.FormRow(s.win.T("window.field."+key), s.win.T("window.help."+key), input, problem)
}

func (s *page) secretRow(channel, name string) *secretRow {
	key, isSet := channel+"/"+name, s.stored.Has(channel, name)
	if s.secrets[key] == nil {
		s.secrets[key] = newSecretRow(s.win, channel, name, isSet, s.onStored)
	}
	s.secrets[key].set(isSet)
	return s.secrets[key]
}
