package command

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	// logPoll is how often a followed log is looked at.
	logPoll = 250 * time.Millisecond
	// logBlock is how much of a log is read at a time, from its end, in bytes.
	logBlock = 64 << 10
)

// logQuery selects log lines.
type logQuery struct {
	level  string
	search string
	limit  int
}

var logLevels = []string{"debug", "info", "warn", "error"}

var levelInLine = regexp.MustCompile(`\blevel=(\w+)`)

func (q logQuery) matches(line string) bool {
	if q.search != "" && !strings.Contains(strings.ToLower(line), strings.ToLower(q.search)) {
		return false
	}
	if q.level == "" {
		return true
	}
	level := "info"
	if m := levelInLine.FindStringSubmatch(line); m != nil {
		level = strings.ToLower(m[1])
	}
	return slices.Index(logLevels, level) >= slices.Index(logLevels, q.level)
}

// lastLines reads from the end until it has enough matching lines. It returns them in their order, and the size read.
func lastLines(f *os.File, q logQuery) ([]string, int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, err
	}
	var found []string
	var rest []byte // the beginning of a line whose start is in an earlier block
	for at := end; at > 0 && len(found) < q.limit; {
		size := min(int64(logBlock), at)
		at -= size
		block := make([]byte, size, size+int64(len(rest)))
		if _, err := f.ReadAt(block, at); err != nil {
			return nil, 0, err
		}
		lines := bytes.Split(append(block, rest...), []byte("\n"))
		rest = lines[0]
		first := 1
		if at == 0 {
			first = 0
		}
		for i := len(lines) - 1; i >= first && len(found) < q.limit; i-- {
			if line := string(lines[i]); line != "" && q.matches(line) {
				found = append(found, line)
			}
		}
	}
	slices.Reverse(found)
	return found, end, nil
}

// followLog shows what is appended, also after the log was rotated, until ctx ends.
func (p *program) followLog(ctx context.Context, path string, from int64, q logQuery) error {
	tick := time.NewTicker(logPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		info, err := os.Stat(path)
		if err != nil || info.Size() == from {
			continue // being rotated, or nothing new
		}
		if info.Size() < from {
			from = 0
		}
		from += p.showFrom(path, from, q)
	}
}

// showFrom shows the complete lines behind an offset and returns how much that was.
func (p *program) showFrom(path string, from int64, q logQuery) int64 {
	f, err := os.Open(path) //nolint:gosec // the admin's own log
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return 0
	}
	read := int64(0)
	for reader := bufio.NewReader(f); ; {
		line, err := reader.ReadString('\n')
		if err != nil {
			return read
		}
		read += int64(len(line))
		if line = strings.TrimSuffix(line, "\n"); q.matches(line) {
			p.showLogLine(line)
		}
	}
}
