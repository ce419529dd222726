package settings

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// secretRow shows whether a secret is set, and lets it be replaced or removed. The value is never shown.
type secretRow struct {
	win           *window.Window
	row           fyne.CanvasObject
	channel, name string
	stored        func(isSet bool, taken control.ReloadResult)

	pill            *kit.Pill
	change, remove  *kit.Button
	entry           *kit.Entry
	shown, editable *fyne.Container
	problem         *kit.Paragraph
	isSet           bool
}

func newSecretRow(win *window.Window, channel, name string, isSet bool, stored func(bool, control.ReloadResult)) *secretRow {
	s := &secretRow{win: win, channel: channel, name: name, stored: stored, pill: kit.NewPill("", kit.Idle, kit.IdleSoft), problem: kit.NewProblem()}
	s.change = kit.NewButton("", "key", kit.Plain, s.onEdit).Small()
	s.remove = kit.NewButton(win.T("window.secret.remove"), "trash", kit.Quiet, s.onRemove).Small()
	s.entry = kit.NewSecretEntry(win.T("window.secret.paste"))
	s.entry.OnSubmitted = func(string) { s.onStore() }
	s.shown = kit.HStack(kit.Gap, kit.Middle(s.pill), s.change, s.remove)
	buttons := kit.HStack(6, kit.Middle(kit.NewButton(win.T("window.secret.store"), "check", kit.Strong, s.onStore).Small()),
		kit.Middle(kit.NewIconButton("close", win.T("window.cancel"), func() { s.edit(false) }).Small()))
	s.editable = container.NewBorder(nil, nil, nil, buttons, s.entry)
	s.edit(false)
	s.set(isSet)
	key := form.SecretKey(name)
	s.row = kit.FormRow(win.T("window.field."+key), win.T("window.help."+key), kit.VStack(0, s.shown, s.editable), s.problem)
	return s
}

func (s *secretRow) set(isSet bool) {
	s.isSet = isSet
	if isSet {
		s.pill.Set(s.win.T("window.secret.set"), kit.Good, kit.GoodSoft)
		s.change.Set(s.win.T("window.secret.replace"), "key", kit.Plain)
		s.remove.Show()
		return
	}
	s.pill.Set(s.win.T("window.secret.unset"), kit.Idle, kit.IdleSoft)
	s.change.Set(s.win.T("window.secret.give"), "key", kit.Plain)
	s.remove.Hide()
}

func (s *secretRow) edit(on bool) {
	s.entry.SetText("")
	kit.Pick(on, s.shown.Hide, s.shown.Show)()
	kit.Pick(on, s.editable.Show, s.editable.Hide)()
}

func (s *secretRow) onEdit() {
	s.edit(true)
	s.win.Canvas().Focus(s.entry)
}

func (s *secretRow) onRemove() {
	s.win.Confirm(s.win.T("window.secret.remove.title"), s.win.T("window.secret.remove.about", s.win.T("window.field."+form.SecretKey(s.name))), s.win.T("window.secret.remove"), func() { s.write("") })
}

func (s *secretRow) onStore() {
	if s.entry.Text != "" {
		s.write(s.entry.Text)
	}
}

// write hands the value over and forgets it.
func (s *secretRow) write(value string) {
	var taken control.ReloadResult
	s.win.Watch.Do(func(ctx context.Context) (err error) {
		taken, err = s.win.Settings.SetSecret(ctx, s.channel, s.name, strings.TrimSpace(value))
		return err
	}, func(err error) {
		message, remedy := s.win.Explain(err)
		kit.ShowProblem(s.problem, format.Problem(message, remedy))
		if err != nil {
			return
		}
		s.edit(false)
		s.set(value != "")
		s.stored(value != "", taken)
	})
}
