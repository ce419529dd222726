package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/bridge"
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

func (p *program) logsCommand() *cobra.Command {
	var q logQuery
	var follow bool
	cmd := &cobra.Command{
		Use: "logs", Short: "Show the relay's log", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.level != "" && !slices.Contains(logLevels, q.level) {
				return usageError{errors.New("logs: --level is debug, info, warn or error")} //nolint:err113 // shown, never compared
			}
			path, err := p.logPath()
			if err != nil {
				return err
			}
			return p.showLog(cmd.Context(), path, q, follow)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&follow, "follow", "f", false, "go on showing new lines")
	f.StringVar(&q.level, "level", "", "least level: debug, info, warn or error")
	f.StringVar(&q.search, "search", "", "part of the line")
	f.IntVar(&q.limit, "limit", 100, "how many lines at most")
	return p.withJSON(cmd)
}

func (p *program) logPath() (string, error) {
	home, c, err := p.config()
	if err == nil && c.LogFile != "" {
		return c.LogFile, nil
	}
	if err != nil {
		if home, err = p.home(); err != nil {
			return "", err
		}
	}
	return home.Log(), nil
}

func (p *program) showLog(ctx context.Context, path string, q logQuery, follow bool) error {
	f, err := os.Open(path) //nolint:gosec // the admin's own log
	if err != nil {
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "logs", Message: "there is no log yet at " + path,
			Remedy: "start the relay with: perch start", Err: err,
		}
	}
	defer func() { _ = f.Close() }()
	lines, end, err := lastLines(f, q)
	if err != nil {
		return err
	}
	for _, line := range lines {
		p.showLogLine(line)
	}
	if !follow {
		return nil
	}
	return p.followLog(ctx, path, end, q)
}

func (p *program) showLogLine(line string) {
	if !p.json {
		p.print("%s\n", line)
		return
	}
	level := ""
	if m := levelInLine.FindStringSubmatch(line); m != nil {
		level = strings.ToLower(m[1])
	}
	_ = p.printJSON(map[string]string{"level": level, "line": line}) // a reader that went away ends the program by itself
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
