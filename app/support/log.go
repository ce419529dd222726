package support

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"perch/app/logtail"
)

// lastLog is how much of the log is in a file, in bytes.
const lastLog = 4 << 20

func (m *maker) log() string { return cmp.Or(m.Log, m.Home.Log()) }

// writeLog writes the end of the log, also of what was rotated away, oldest first.
func (m *maker) writeLog(ctx context.Context, w io.Writer) error {
	if _, err := os.Stat(m.log()); err != nil {
		return err
	}
	for _, one := range endOf(logsOf(m.log())) {
		at := int64(0)
		_, err := logtail.All(ctx, one.path, logtail.Query{}, func(raw string) error {
			if at += int64(len(raw)) + 1; at <= one.skip {
				return nil
			}
			_, err := io.WriteString(w, m.hider.LogLine(raw)+"\n")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// logFile is a file of a log, and how many bytes of it are passed over.
type logFile struct {
	path       string
	size, skip int64
	changed    time.Time
}

// logsOf are the files of a log, newest first: the log, and beside it those with the time in their names.
func logsOf(path string) (list []logFile) {
	end := filepath.Ext(path)
	rotated, _ := filepath.Glob(strings.TrimSuffix(path, end) + "-*" + end) // a name with signs of a pattern finds none
	for _, p := range append(rotated, path) {
		if info, err := os.Stat(p); err == nil {
			list = append(list, logFile{path: p, size: info.Size(), changed: info.ModTime()})
		}
	}
	slices.SortFunc(list, func(a, b logFile) int { return b.changed.Compare(a.changed) })
	return list
}

// endOf are those files, oldest first, that make up the last of a log.
func endOf(newest []logFile) []logFile {
	room := int64(lastLog)
	for i := range newest {
		if room <= 0 {
			newest = newest[:i]
			break
		}
		newest[i].skip = max(newest[i].size-room, 0)
		room -= newest[i].size
	}
	slices.Reverse(newest)
	return newest
}
