package command

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"perch/bridge"
)

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
		p.Print("%s\n", line)
		return
	}
	level := ""
	if m := levelInLine.FindStringSubmatch(line); m != nil {
		level = strings.ToLower(m[1])
	}
	_ = p.JSON(map[string]string{"level": level, "line": line}) // a reader that went away ends the program by itself
}
