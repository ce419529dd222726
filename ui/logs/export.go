package logs

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"perch/app/logtail"
	"perch/bridge/visible"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// text is everything that is shown.
func (l *page) text() string {
	var b strings.Builder
	for _, line := range l.lines {
		b.WriteString(visible.Line(line.Raw))
		b.WriteByte('\n')
	}
	return b.String()
}

// onCopy copies what is loaded, and says how much of the log that is.
func (l *page) onCopy() {
	l.win.App.Clipboard().SetContent(l.text())
	about := ""
	if !l.atStart {
		about = l.win.T("window.logs.copied.part")
	}
	l.win.Notify(format.Good, l.win.Texts.N("window.logs.copied", len(l.lines)), about)
}

// onExport asks where all that matches the search is to be written. Where a person names no files, as in a browser, it gives
// them one.
func (l *page) onExport() {
	q, err := l.query()
	if err != nil {
		return // the page says so
	}
	win := l.win
	if !win.NamesFiles {
		l.give(q)
		return
	}
	about := kit.Pick(q == logtail.Query{}, win.T("window.logs.export.all", l.path), win.T("window.logs.export.found", l.path))
	place := kit.NewEntry("")
	place.SetText(filepath.Join(win.Downloads, "perch-"+win.Now().Format("2006-01-02-150405")+".log"))
	problem := kit.NewProblem()
	var yes *kit.Button
	yes = kit.NewButton(win.T("window.logs.export"), "export", kit.Strong, func() {
		yes.Enabled(false)
		l.export(q, strings.TrimSpace(place.Text), func(err error) {
			yes.Enabled(true)
			kit.ShowProblem(problem, l.why(err))
		})
	})
	place.OnSubmitted = func(string) { yes.Tapped(nil) }
	texts := kit.NewParagraph(about, kit.TextBody, kit.Muted)
	win.Ask(win.T("window.logs.export.title"), kit.VStack(12, texts, kit.VStack(3, kit.Heading(win.T("window.logs.export.to"), kit.TextBody), place, problem)), yes)
	win.Canvas().Focus(place)
}

// export writes the file, which it never puts in the place of another, and says what is in it.
func (l *page) export(q logtail.Query, path string, refused func(error)) {
	lines, from := 0, l.path
	l.win.Watch.Do(func(ctx context.Context) (err error) {
		lines, err = save(ctx, from, q, path)
		return err
	}, func(err error) {
		if err != nil {
			refused(err)
			return
		}
		l.win.CloseDialog()
		l.win.Notify(format.Good, l.win.Texts.N("window.logs.exported", lines), path)
	})
}

// give hands the person a file with all that matches, and says what is in it.
func (l *page) give(q logtail.Query) {
	log, name, lines, where := l.win.OpenLog(l.path, q), "perch-"+l.win.Now().Format("2006-01-02-150405")+".log", 0, ""
	l.win.Watch.Do(func(ctx context.Context) (err error) {
		text, n, err := whole(ctx, log)
		if err == nil {
			lines = n
			where, err = l.win.Save(name, []byte(text))
		}
		return err
	}, func(err error) {
		if !l.win.ShowError(err) {
			l.win.Notify(format.Good, l.win.Texts.N("window.logs.exported", lines), where)
		}
	})
}

// whole reads a log back to its beginning.
func whole(ctx context.Context, log window.Log) (text string, lines int, err error) {
	var parts []string
	for ctx.Err() == nil && !log.AtStart() {
		older, err := log.Older(pageSize)
		if err != nil {
			return "", 0, err
		}
		var b strings.Builder
		for _, line := range older {
			b.WriteString(visible.Line(line.Raw) + "\n") // it steers nobody who reads it
		}
		parts, lines = append(parts, b.String()), lines+len(older)
	}
	slices.Reverse(parts)
	return strings.Join(parts, ""), lines, ctx.Err()
}

func save(ctx context.Context, from string, q logtail.Query, path string) (lines int, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // a person has named it
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriter(f)
	lines, err = logtail.All(ctx, from, q, func(raw string) error {
		_, err := out.WriteString(visible.Line(raw) + "\n") // it steers nobody who reads it
		return err
	})
	if err = errors.Join(err, out.Flush(), f.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path)) // half a log would be taken for the whole
	}
	return lines, nil
}

// why is the reason alone: the path is there to be read.
func (l *page) why(err error) string {
	var e *fs.PathError
	switch {
	case errors.Is(err, fs.ErrExist):
		return l.win.T("window.logs.export.exists")
	case errors.As(err, &e):
		return format.Sentence(e.Path + ": " + e.Err.Error())
	}
	return format.Sentence(err.Error())
}
