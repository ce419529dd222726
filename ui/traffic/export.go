package traffic

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/app/export"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// progressEvery is how often the page is told how far an export is.
const progressEvery = 200 * time.Millisecond

// exporter writes what is filtered into a file, one at a time, while the page goes on. Its methods run on Fyne's thread.
type exporter struct {
	win    *window.Window
	filter func() snapshot.Filter
	button *kit.Button
	// strip shows how far it is, with a way to end it.
	strip  fyne.CanvasObject
	bar    *kit.Bar
	said   *kit.Text
	cancel context.CancelFunc // of the one that runs; nil for none
}

func newExporter(win *window.Window, filter func() snapshot.Filter) *exporter {
	e := &exporter{win: win, filter: filter, bar: kit.NewBar(), said: kit.NewText("", kit.TextSmall, kit.Muted)}
	e.button = kit.NewButton(win.T("window.export"), "export", kit.Plain, e.onExport)
	stop := kit.NewButton(win.T("window.cancel"), "close", kit.Plain, func() {
		if e.cancel != nil {
			e.cancel()
		}
	}).Small()
	e.strip = kit.Inset(0, 12, 0, 0, container.NewBorder(nil, nil, kit.Middle(e.said), stop, kit.Inset(0, 0, 12, 12, kit.Middle(kit.AtLeast(e.bar, fyne.NewSize(200, 8))))))
	e.strip.Hide()
	return e
}

// wish is what a person has chosen.
type wish struct {
	form  form
	query control.Query
	path  string
}

// onExport asks in which form, and where a person names files into which one.
func (e *exporter) onExport() {
	win := e.win
	w := wish{query: e.filter().Query()}
	all := forms(win.Texts.Lang())
	about := kit.NewParagraph(win.T("window.export.form."+all[0].name+".about"), kit.TextSmall, kit.Muted)
	stem := filepath.Join(win.Downloads, "perch-"+win.Now().Format("2006-01-02-150405"))
	place, problem := kit.NewEntry(""), kit.NewProblem()
	place.SetText(all[0].fileName(stem))
	var choice *kit.Choice
	chosen := func() form { return formOf(all, choice.Value()) }
	choice = kit.NewChoice(win.T("window.export.form."+all[0].name), names(all[1:]), win.Named("window.export.form."), func() {
		about.Set(win.T("window.export.form."+chosen().name+".about"), kit.Muted)
		place.SetText(chosen().fileName(strings.TrimSuffix(place.Text, filepath.Ext(place.Text))))
	})
	yes := kit.NewButton(win.T("window.export.do"), "export", kit.Strong, func() {
		w.form, w.path = chosen(), strings.TrimSpace(place.Text)
		if _, err := os.Lstat(w.path); err == nil && win.NamesFiles {
			kit.ShowProblem(problem, win.T("window.logs.export.exists"))
			return
		}
		win.CloseDialog()
		e.start(w)
	})
	place.OnSubmitted = func(string) { yes.Tapped(nil) }
	what := kit.Pick(e.filter().IsZero(), "window.export.all", "window.export.found")
	rows := kit.VStack(12, kit.NewParagraph(win.T(what), kit.TextBody, kit.Muted), kit.VStack(5, kit.Heading(win.T("window.export.form"), kit.TextBody), choice.Content, about))
	if win.NamesFiles {
		rows.Add(kit.VStack(3, kit.Heading(win.T("window.logs.export.to"), kit.TextBody), place, problem))
	}
	win.Ask(win.T("window.export.title"), rows, yes)
	if win.NamesFiles {
		win.Canvas().Focus(place)
	}
}

// start begins an export, shows how far it is, and says at the end what came of it.
func (e *exporter) start(w wish) {
	ctx, cancel := context.WithCancel(e.win.Watch.Context())
	e.cancel = cancel
	e.show(export.Progress{})
	e.button.Enabled(false)
	e.strip.Show()
	var done result
	e.win.Watch.Do(func(context.Context) (err error) {
		done, err = e.write(ctx, w)
		return err
	}, func(err error) {
		cancel()
		e.cancel = nil
		e.strip.Hide()
		e.button.Enabled(true)
		switch {
		case errors.Is(err, context.Canceled):
			e.win.Notify(format.Warn, e.win.T("window.export.ended"), e.win.T("window.export.ended.about"))
		case !e.win.ShowError(err):
			e.win.Notify(format.Good, e.win.Texts.N("window.exported", done.messages), done.where)
		}
	})
}

func (e *exporter) show(p export.Progress) {
	e.bar.Set(p.Part, kit.Accent)
	e.said.Set(e.win.Texts.N("window.export.progress", p.Messages), kit.Muted)
}

// tell hands progress over now and then.
func (e *exporter) tell() func(export.Progress) {
	last := time.Now()
	return func(p export.Progress) {
		if time.Since(last) < progressEvery {
			return
		}
		last = time.Now()
		e.win.Watch.OnThread(func() { e.show(p) })
	}
}
