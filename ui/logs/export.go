package logs

import (
	"context"
	"os"
	"path/filepath"
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

// onExport writes what is shown into the user's downloads.
func (l *page) onExport() {
	text, folder := l.text(), l.win.Downloads
	path := filepath.Join(folder, "perch-"+l.win.Now().Format("2006-01-02-150405")+".log")
	l.win.Watch.Do(func(context.Context) error {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(text), 0o600)
	}, func(err error) {
		if !l.win.ShowError(err) {
			l.win.Notify(format.Good, l.win.T("window.logs.exported"), path)
		}
	})
}
