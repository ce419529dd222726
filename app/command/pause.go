package command

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) pauseCommand() *cobra.Command {
	var span string
	cmd := &cobra.Command{
		Use: "pause", Short: "Stop deliveries both ways; what comes in is kept", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.pause(cmd, span) },
	}
	cmd.Flags().StringVar(&span, "for", "", "go on by itself after a time, such as 30m, 2h or 1d")
	return cmd
}

func (p *program) pause(cmd *cobra.Command, span string) error {
	length, err := spanOf(span, cmd.Flags().Changed("for"))
	if err != nil {
		return err
	}
	client, err := p.client()
	if err != nil {
		return err
	}
	if length == 0 {
		if err := client.Pause(cmd.Context()); err != nil {
			return err
		}
		p.Print("Deliveries are paused. Go on with: perch resume\n")
		return nil
	}
	until, err := client.PauseFor(cmd.Context(), length)
	if err != nil {
		return err
	}
	p.Print("Deliveries are paused until %s and go on by themselves then. Go on sooner with: perch resume\n", clock(until))
	return nil
}

// spanOf reads a time such as 30m, 1h30m or 2d; 0 when none is said.
func spanOf(text string, isSaid bool) (time.Duration, error) {
	if !isSaid {
		return 0, nil
	}
	plain := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	d, err := time.ParseDuration(plain)
	if days, isDays := strings.CutSuffix(plain, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
		if d/(24*time.Hour) != time.Duration(n) {
			d = 0
		}
	}
	if err != nil || d <= 0 {
		return 0, usageError{fmt.Errorf("pause: %q is no time; say how long, for example: perch pause --for 30m, --for 2h or --for 1d", text)}
	}
	return d, nil
}

func (p *program) resumeCommand() *cobra.Command {
	return p.simple("resume", "Go on delivering, and try every side that is in trouble at once", "Deliveries go on.", (*control.Client).Resume)
}

func (p *program) simple(name, short, done string, call func(*control.Client, context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := p.client()
			if err != nil {
				return err
			}
			if err := call(client, cmd.Context()); err != nil {
				return err
			}
			p.Print("%s\n", done)
			return nil
		},
	}
}
