package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/window"
)

// tester is a row of buttons that try something, with the outcome in words below.
type tester struct {
	win     *window.Window
	content *fyne.Container
	outcome *kit.Notice
	buttons []*kit.Button
}

func newTester(win *window.Window, checks []string, request func() control.CheckRequest) *tester {
	t := &tester{win: win, outcome: kit.NewNotice()}
	row := kit.HStack(kit.Gap)
	for _, what := range checks {
		b := kit.NewButton(win.T("window.check."+what), "check", kit.Plain, nil).Small()
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
	t.outcome.Set("clock", kit.Accent, kit.AccentSoft, t.win.T("window.check.asking"), "")
	t.check(what, request, func(r control.CheckResult) {
		for _, b := range t.buttons {
			b.Enabled(true)
		}
		window.ShowResult(t.outcome, r)
	})
}

// check makes a check in the background. What goes wrong is an outcome, too.
func (t *tester) check(what string, request control.CheckRequest, then func(control.CheckResult)) {
	var result control.CheckResult
	t.win.Watch.Do(func(ctx context.Context) (err error) {
		result, err = t.win.Settings.CheckSettings(ctx, what, request)
		return err
	}, func(err error) {
		if err != nil {
			result = control.CheckResult{}
			result.Message, result.Remedy = t.win.Explain(err)
		}
		then(result)
	})
}
