package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
)

// input makes the widget of a field.
func (u *UI) input(f page.Field, value string, changed func(string)) fyne.CanvasObject {
	switch f.Kind {
	case page.FieldChoice:
		var words []string
		for _, option := range f.Options {
			words = append(words, u.t("window.option."+f.Path+"."+kit.Pick(option == "", "none", option)))
		}
		s := widget.NewSelect(words, nil)
		for i, option := range f.Options {
			if option == value {
				s.SetSelectedIndex(i)
			}
		}
		s.OnChanged = func(string) { changed(f.Options[s.SelectedIndex()]) }
		return kit.Framed(s, 0)
	case page.FieldSwitch:
		c := widget.NewCheck(u.t("window.on"), nil)
		c.Checked = value == "true"
		c.OnChanged = func(on bool) { changed(kit.Pick(on, "true", "false")) }
		return c
	case page.FieldList:
		e := widget.NewMultiLineEntry()
		e.SetMinRowsVisible(4)
		e.SetText(value)
		e.OnChanged = changed
		return e
	}
	e := kit.NewEntry("")
	e.SetText(value)
	e.OnChanged = changed
	return e
}

// secretRow shows whether a secret is set, and lets it be replaced or removed. The value is never shown.
type secretRow struct {
	u             *UI
	row           fyne.CanvasObject
	channel, name string
	stored        func(isSet bool, taken control.Taken)

	pill            *kit.Pill
	change, remove  *kit.Button
	entry           *kit.Entry
	shown, editable *fyne.Container
	problem         *kit.Paragraph
	isSet           bool
}

func newSecretRow(u *UI, channel, name string, isSet bool, stored func(bool, control.Taken)) *secretRow {
	s := &secretRow{u: u, channel: channel, name: name, stored: stored, pill: kit.NewPill("", kit.Idle, kit.IdleSoft), problem: kit.NewProblem()}
	s.change = kit.NewButton("", "key", kit.Plain, s.onEdit).Small()
	s.remove = kit.NewButton(u.t("window.secret.remove"), "trash", kit.Quiet, s.onRemove).Small()
	s.entry = kit.NewSecretEntry(u.t("window.secret.paste"))
	s.entry.OnSubmitted = func(string) { s.onStore() }
	s.shown = kit.HStack(kit.Gap, kit.Middle(s.pill), s.change, s.remove)
	buttons := kit.HStack(6, kit.Middle(kit.NewButton(u.t("window.secret.store"), "check", kit.Strong, s.onStore).Small()),
		kit.Middle(kit.NewIconButton("close", u.t("window.cancel"), func() { s.edit(false) }).Small()))
	s.editable = container.NewBorder(nil, nil, nil, buttons, s.entry)
	s.edit(false)
	s.set(isSet)
	s.row = kit.FormRow(u.t("window.field."+name), u.t("window.help."+name), kit.VStack(0, s.shown, s.editable), s.problem)
	return s
}

func (s *secretRow) set(isSet bool) {
	s.isSet = isSet
	if isSet {
		s.pill.Set(s.u.t("window.secret.set"), kit.Good, kit.GoodSoft)
		s.change.Set(s.u.t("window.secret.replace"), "key", kit.Plain)
		s.remove.Show()
		return
	}
	s.pill.Set(s.u.t("window.secret.unset"), kit.Idle, kit.IdleSoft)
	s.change.Set(s.u.t("window.secret.give"), "key", kit.Plain)
	s.remove.Hide()
}

func (s *secretRow) edit(on bool) {
	s.entry.SetText("")
	kit.Pick(on, s.shown.Hide, s.shown.Show)()
	kit.Pick(on, s.editable.Show, s.editable.Hide)()
}

func (s *secretRow) onEdit() {
	s.edit(true)
	s.u.window.Canvas().Focus(s.entry)
}

func (s *secretRow) onRemove() {
	s.u.confirm(s.u.t("window.secret.remove.title"), s.u.t("window.secret.remove.about", s.u.t("window.field."+s.name)), s.u.t("window.secret.remove"), func() { s.write("") })
}

func (s *secretRow) onStore() {
	if s.entry.Text != "" {
		s.write(s.entry.Text)
	}
}

// write hands the value over and forgets it.
func (s *secretRow) write(value string) {
	var taken control.Taken
	s.u.watch.Do(func(ctx context.Context) (err error) {
		taken, err = s.u.Settings.SetSecret(ctx, s.channel, s.name, trimmed(value))
		return err
	}, func(err error) {
		message, remedy := control.Words(err)
		kit.ShowProblem(s.problem, format.Problem(message, remedy))
		if err != nil {
			return
		}
		s.edit(false)
		s.set(value != "")
		s.stored(value != "", taken)
	})
}

// tester is a row of buttons that try something, with the outcome in words below.
type tester struct {
	u       *UI
	content *fyne.Container
	outcome *kit.Notice
	buttons []*kit.Button
}

func newTester(u *UI, checks []string, request func() control.CheckRequest) *tester {
	t := &tester{u: u, outcome: kit.NewNotice()}
	row := kit.HStack(kit.Gap)
	for _, what := range checks {
		b := kit.NewButton(u.t("window.check."+what), "check", kit.Plain, nil).Small()
		b.OnTapped = func() { t.try(what, request()) }
		t.buttons = append(t.buttons, b)
		row.Add(b)
	}
	t.content = kit.VStack(10, row, t.outcome)
	return t
}

// try makes a check and shows its outcome.
func (t *tester) try(what string, request control.CheckRequest) {
	for _, b := range t.buttons {
		b.Enabled(false)
	}
	t.outcome.Set("clock", kit.Accent, kit.AccentSoft, t.u.t("window.check.asking"), "")
	t.u.check(what, request, func(r control.CheckResult) {
		for _, b := range t.buttons {
			b.Enabled(true)
		}
		showResult(t.outcome, r)
	})
}

// check makes a check in the background. What goes wrong is an outcome, too.
func (u *UI) check(what string, request control.CheckRequest, then func(control.CheckResult)) {
	var result control.CheckResult
	u.watch.Do(func(ctx context.Context) (err error) {
		result, err = u.Settings.CheckSettings(ctx, what, request)
		return err
	}, func(err error) {
		if err != nil {
			result = control.CheckResult{}
			result.Message, result.Remedy = control.Words(err)
		}
		then(result)
	})
}

func showResult(n *kit.Notice, r control.CheckResult) {
	tone := kit.Pick(r.OK, format.Good, format.Bad)
	ink, soft := inks(tone)
	n.Set(kit.Pick(r.OK, "check", "attention"), ink, soft, format.Sentence(r.Message), format.Sentence(r.Remedy))
}

// trimmed is a value without the space and line ends that pasting brings along.
func trimmed(value string) string { return strings.TrimSpace(value) }
