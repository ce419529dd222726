package command

import (
	"context"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/control"
	"perch/app/daemon"
	"perch/app/service"
)

func (p *program) startCommand() *cobra.Command {
	return p.withPassphrase(&cobra.Command{
		Use: "start", Short: "Start the relay in the background", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.isStarting = true
			if err := p.notInDemo("start"); err != nil {
				return err
			}
			if err := p.finishRestore(); err != nil {
				return err
			}
			client, err := p.client()
			if err != nil {
				return err
			}
			if status, err := client.Status(cmd.Context()); err == nil {
				p.Print("The relay is already running (process %d, listens on %s).\n", status.PID, status.Listen)
				return nil
			}
			home, c, err := p.config()
			if err != nil {
				return err
			}
			if s := service.Find(home); s != nil {
				return p.doService(cmd.Context(), s, service.Start)
			}
			phrase, err := p.passphraseFor(cmd.Context(), home, c)
			if err != nil {
				return err
			}
			return p.start(cmd.Context(), client, home, phrase)
		},
	})
}

// start starts the relay in the background and says so.
func (p *program) start(ctx context.Context, client *control.Client, home config.Home, phrase string) error {
	status, err := daemon.Start(ctx, client, daemon.Options{Home: home, HomeFlag: p.homeFlag, Passphrase: phrase, OnSlow: func() {
		p.Say("It still starts: the disk or the computer is slow.\n")
	}})
	if err != nil {
		return err
	}
	p.Print("The relay is running (process %d, listens on %s).\n", status.PID, status.Listen)
	return nil
}
