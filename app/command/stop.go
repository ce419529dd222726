package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/daemon"
	"perch/app/demo"
	"perch/app/kept"
	"perch/app/lockfile"
)

func (p *program) stopCommand() *cobra.Command {
	return &cobra.Command{
		Use: "stop", Short: "Stop the relay", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := p.client()
			if err != nil {
				return err
			}
			if status, err := client.Status(cmd.Context()); err == nil && status.Demo {
				return p.stopDemo(cmd.Context(), client)
			}
			wasRunning, err := p.stopService(cmd.Context(), client)
			if err != nil {
				return err
			}
			err = p.stop(cmd.Context(), client)
			if wasRunning && errors.Is(err, control.ErrNotRunning) {
				err = nil
			}
			if errors.Is(err, control.ErrNotRunning) {
				return p.nothingToStop()
			}
			if err == nil {
				p.Print("The relay has stopped.\n")
			}
			return err
		},
	}
}

// nothingToStop says that no relay runs; where one does that nobody can ask, it says so.
func (p *program) nothingToStop() error {
	home, err := p.home()
	if err != nil {
		return err
	}
	if lockfile.IsHeld(home.Lock()) {
		return kept.SilentError("stop")
	}
	p.Print("The relay is not running.\n")
	return nil
}

func (p *program) stop(ctx context.Context, client *control.Client) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	return daemon.Stop(ctx, client, home)
}

func (p *program) stopDemo(ctx context.Context, client *control.Client) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	if err := demo.Stop(ctx, client, home); err != nil {
		return err
	}
	p.Print("The demo has ended.\n")
	return nil
}
