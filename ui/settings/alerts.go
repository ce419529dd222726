package settings

import (
	"slices"
	"strings"

	"perch/app/config"
	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
)

// addAlerts adds how the alerts stand, a card for each, and what adds another.
func (s *page) addAlerts() {
	add := kit.NewButton(s.win.T("window.alert.add"), "", kit.Plain, s.onAddAlert).Small()
	s.cards.Add(kit.Card(kit.VStack(16, kit.HStack(kit.Gap, kit.Heading(s.win.T("window.alert"), kit.TextHeading), kit.Space(), add), s.alerts.Content)))
	for i := range s.draft.Alerts {
		s.addAlert(i)
	}
}

// addAlert adds the card of one alert. Its secrets are stored under its name, so they are asked for once that is saved.
func (s *page) addAlert(at int) {
	rows := kit.VStack(16)
	var isMissing bool
	for _, g := range form.Groups() {
		for _, f := range g.Fields {
			if g.Tab != "alert" || !f.IsShown(&s.draft, g.Tab, at) {
				continue
			}
			if f.Kind == form.Secret && !s.isAlertStored(at) {
				isMissing = true
				continue
			}
			if len(rows.Objects) > 0 {
				rows.Add(kit.Rule())
			}
			rows.Add(s.row(f, g.Tab, at, s.onEdit))
		}
	}
	remove := kit.NewButton(s.win.T("window.alert.remove"), "trash", kit.Danger, func() { s.onRemoveAlert(at) }).Small()
	a := s.draft.Alerts[at]
	title := kit.Heading(a.Name+" · "+s.win.T("window.option.alert.kind."+a.Kind), kit.TextHeading)
	column := kit.VStack(16, kit.HStack(kit.Gap, title, kit.Space(), remove))
	if isMissing {
		column.Add(kit.NewParagraph(s.win.T("window.alert.unsaved"), kit.TextSmall, kit.Muted))
	}
	column.Add(rows)
	s.cards.Add(kit.Card(column))
}

// isAlertStored reports whether an alert was saved before.
func (s *page) isAlertStored(at int) bool {
	name := s.draft.Alerts[at].Name
	return slices.ContainsFunc(s.stored.Config.Alerts, func(a control.AlertConfig) bool { return a.Name == name })
}

func (s *page) onAddAlert() {
	s.draft.Alerts = append(s.draft.Alerts, form.NewAlert(s.draft.Alerts))
	s.build()
	s.validate()
}

func (s *page) onRemoveAlert(at int) {
	name := s.draft.Alerts[at].Name
	s.win.Confirm(s.win.T("window.alert.remove.title"), s.win.T("window.alert.remove.about", name), s.win.T("window.alert.remove"), func() {
		s.draft.Alerts = slices.Delete(s.draft.Alerts, at, at+1)
		s.build()
		s.validate()
	})
}

// dropURL takes an address out of the file's part when an alert becomes one whose address is a secret: it would be refused
// where nobody sees it.
func (s *page) dropURL(full, kind string) {
	if at, isKind := strings.CutSuffix(full, ".kind"); isKind && strings.HasPrefix(full, "alert.") && kind != config.AlertWebhook && kind != config.AlertHeartbeat {
		form.Set(&s.draft, at+".url", "")
	}
}
