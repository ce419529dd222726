package form

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// Alerts lists who is told of trouble, how each stands, and sends tests. It is kept, so that an outcome stays.
type Alerts struct {
	Content fyne.CanvasObject

	win   *window.Window
	about *kit.Paragraph
	rows  *fyne.Container
	of    map[string]*alertRow
	shown []string
}

// NewAlerts returns the block; Render shows how it stands.
func NewAlerts(win *window.Window) *Alerts {
	a := &Alerts{win: win, about: kit.NewParagraph("", kit.TextSmall, kit.Muted), rows: kit.VStack(16), of: map[string]*alertRow{}}
	a.Content = kit.VStack(10, a.about, a.rows)
	a.Render(win.Data)
	return a
}

// Render shows what the relay says of its alerts.
func (a *Alerts) Render(d snapshot.Data) {
	key := kit.Pick(!d.Running, "window.alert.stopped", kit.Pick(len(d.Status.Alerts) == 0, "window.alert.none", "window.alert.about"))
	a.about.Set(a.win.T(key), kit.Muted)
	var names []string
	if d.Running {
		for _, one := range d.Status.Alerts {
			names = append(names, one.Name)
			if a.of[one.Name] == nil {
				a.of[one.Name] = newAlertRow(a.win, one.Name)
			}
			a.of[one.Name].render(d, one)
		}
	}
	if slices.Equal(names, a.shown) {
		return
	}
	a.shown = names
	a.rows.RemoveAll()
	for _, name := range names {
		a.rows.Add(a.of[name].content)
	}
	a.rows.Refresh()
}

// alertRow is one alert.
type alertRow struct {
	content fyne.CanvasObject

	win     *window.Window
	name    string
	title   *kit.Text
	state   *kit.Paragraph
	test    *kit.Button
	outcome *kit.Notice
}

func newAlertRow(win *window.Window, name string) *alertRow {
	r := &alertRow{win: win, name: name, title: kit.Heading(name, kit.TextSmall), state: kit.NewParagraph("", kit.TextSmall, kit.Muted), outcome: kit.NewNotice()}
	r.test = kit.NewButton(win.T("window.alert.test"), "check", kit.Plain, r.onTest).Small()
	r.content = kit.VStack(6, kit.HStack(kit.Gap, r.title, kit.Space(), r.test), r.state, r.outcome)
	return r
}

func (r *alertRow) render(d snapshot.Data, a control.Alert) {
	r.title.SetText(a.Name + " · " + r.win.T("window.option.alert.kind."+a.Kind))
	text, ink := r.win.T("window.alert.ready"), kit.Muted
	switch {
	case a.State == control.AlertFailing && a.Failure != nil:
		text, ink = format.Sentence(a.Failure.Message)+" "+format.Sentence(a.Failure.Remedy), kit.Bad
	case a.LastSent != nil:
		text = r.win.T("window.alert.sent", format.Clock(*a.LastSent, d.Now, r.win.Texts))
	}
	r.state.Set(text, ink)
}

func (r *alertRow) onTest() {
	r.test.Enabled(false)
	r.outcome.Set("clock", kit.Accent, kit.AccentSoft, r.win.T("window.alert.sending"), "")
	var tests []control.AlertTest
	r.win.Watch.Do(func(ctx context.Context) (err error) {
		tests, err = r.win.Relay.TestAlerts(ctx, r.name)
		return err
	}, func(err error) {
		r.test.Enabled(true)
		var result control.CheckResult
		switch {
		case err != nil:
			result.Message, result.Remedy = r.win.Explain(err)
		case len(tests) > 0:
			result.OK, result.Message, result.Remedy = tests[0].OK, tests[0].Message, tests[0].Remedy
		}
		window.ShowResult(r.outcome, result)
		r.win.Watch.Poke()
	})
}
