package command

import (
	"errors"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/service"
)

func (p *program) restartCommand() *cobra.Command {
	return p.withPassphrase(&cobra.Command{
		Use: "restart", Short: "Stop the relay and start it again", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.isStarting = true
			if err := p.notInDemo("restart"); err != nil {
				return err
			}
			if err := p.finishRestore(); err != nil {
				return err
			}
			home, c, err := p.config()
			if err != nil {
				return err // a relay that cannot come back is not stopped
			}
			runner := service.Find(home)
			var phrase string
			if runner == nil {
				phrase, err = p.passphraseFor(cmd.Context(), home, c)
			}
			if err == nil {
				err = p.checkSecrets(cmd.Context(), home, c)
			}
			if err != nil {
				return err
			}
			client, err := p.client()
			if err != nil {
				return err
			}
			if runner != nil {
				return p.restartService(cmd.Context(), client, runner)
			}
			if err := p.stop(cmd.Context(), client); err != nil && !errors.Is(err, control.ErrNotRunning) {
				return err
			}
			return p.start(cmd.Context(), client, home, phrase)
		},
	})
}
