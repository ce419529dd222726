package command

import (
	"context"

	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) pauseCommand() *cobra.Command {
	return p.simple("pause", "Stop deliveries both ways; what comes in is kept", "Deliveries are paused. Go on with: perch resume",
		(*control.Client).Pause)
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
