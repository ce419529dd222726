package logs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

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
	text, path := l.text(), exportPath(l.win.Now())
	l.win.Watch.Do(func(context.Context) error {
		return os.WriteFile(path, []byte(text), 0o600)
	}, func(err error) {
		if !l.win.ShowError(err) {
			l.win.Notify(format.Good, l.win.T("window.logs.exported"), path)
		}
	})
}

// exportPath is a file in the user's downloads or, without such a folder, in their home.
func exportPath(now time.Time) string {
	folder, err := os.UserHomeDir()
	if err != nil {
		folder = os.TempDir()
	}
	if downloads := filepath.Join(folder, "Downloads"); isFolder(downloads) {
		folder = downloads
	}
	return filepath.Join(folder, "perch-"+now.Format("2006-01-02-150405")+".log")
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
