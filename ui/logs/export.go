package logs

import (
	"context"
	"strings"

	"perch/bridge/visible"
	"perch/ui/format"
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

// onExport gives what is shown to the person as a file.
func (l *page) onExport() {
	text, name, path := l.text(), "perch-"+l.win.Now().Format("2006-01-02-150405")+".log", ""
	l.win.Watch.Do(func(context.Context) (err error) {
		path, err = l.win.Save(name, []byte(text))
		return err
	}, func(err error) {
		if !l.win.ShowError(err) {
			l.win.Notify(format.Good, l.win.T("window.logs.exported"), path)
		}
	})
}
