package command

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"perch/app/logtail"
	"perch/bridge"
)

// logPoll is the time between two reads of a log that is tailed.
const logPoll = 250 * time.Millisecond

func (p *program) logsCommand() *cobra.Command {
	var q logtail.Query
	var limit int
	var isTail bool
	cmd := &cobra.Command{
		Use: "logs", Short: "Show the relay's log", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.Level != "" && !slices.Contains(logtail.Levels(), q.Level) {
				return usageError{errors.New("logs: --level is debug, info, warn or error")} //nolint:err113 // shown, never compared
			}
			path, err := p.logPath()
			if err != nil {
				return err
			}
			log := logtail.New(path, q)
			if err := p.showLog(log, limit); err != nil {
				return err
			}
			p.noteNothingRuns(cmd.Context())
			if !isTail {
				return nil
			}
			return p.tailLog(cmd.Context(), log)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&isTail, "follow", "f", false, "go on showing new lines")
	f.StringVar(&q.Level, "level", "", "least level: debug, info, warn or error")
	f.StringVar(&q.Text, "search", "", "part of the line")
	f.IntVar(&limit, "limit", 100, "how many lines at most")
	return p.withJSON(cmd)
}

// noteNothingRuns says so on standard error: a log that ends may be of a relay that has nothing to tell, too.
func (p *program) noteNothingRuns(ctx context.Context) {
	relay, err := p.reader()
	if err != nil {
		return
	}
	_, _ = relay.Status(ctx) // whether one answers is all that counts
	if line := relay.Note(time.Now()); line != "" {
		p.Say("%s\n", line)
	}
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

func (p *program) showLog(log *logtail.Reader, limit int) error {
	if _, err := os.Stat(log.Path()); err != nil {
		return noLogError(log.Path(), err)
	}
	lines, err := log.Last(limit)
	if errors.Is(err, os.ErrPermission) {
		return noLogError(log.Path(), err)
	}
	if err != nil {
		return err
	}
	for _, line := range lines {
		p.showLogLine(line)
	}
	return nil
}

func noLogError(path string, cause error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "logs", Message: "there is no log yet at " + path,
		Remedy: "start the relay with: perch start; where one runs, it cannot write there, and perch doctor says why", Err: cause,
	}
}

// tailLog shows what is appended, also after the log was rotated, until ctx ends.
func (p *program) tailLog(ctx context.Context, log *logtail.Reader) error {
	tick := time.NewTicker(logPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		lines, _, err := log.Newer(math.MaxInt)
		if err != nil {
			continue // being rotated; the next time tells
		}
		for _, line := range lines {
			p.showLogLine(line)
		}
	}
}

func (p *program) showLogLine(line logtail.Line) {
	if !p.json {
		p.Print("%s\n", line.Raw)
		return
	}
	level := ""
	if line.NamesLevel() {
		level = line.Level
	}
	_ = p.JSON(map[string]string{"level": level, "line": line.Raw}) // a reader that went away ends the program by itself
}
