package command

import (
	"context"

	"github.com/spf13/cobra"

	"perch/app/daemon"
	"perch/app/notify"
	"perch/app/service"
	"perch/app/supervisor"
)

func (p *program) relayCommand() *cobra.Command {
	return p.withPassphrase(&cobra.Command{
		Use: "relay", Short: "Run the relay in this terminal (perch start runs it in the background)", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			manager := notify.New(p.startLog(), service.Running() != "")
			err := p.relay(cmd.Context(), manager)
			if err != nil {
				manager.Failed(sentence(err))
			}
			return err
		},
	})
}

func (p *program) relay(ctx context.Context, manager *notify.Manager) error {
	if err := p.finishRestore(); err != nil {
		return err
	}
	home, c, err := p.config()
	if err != nil {
		return err
	}
	if err := service.Trim(home); err != nil {
		p.startLog().Warn("the file that launchd writes to stays long", "error", err)
	}
	secrets, err := p.openStore(home, c)
	if err != nil {
		return err
	}
	options := supervisor.Options{
		Home: home, Config: c, Secrets: secrets, Manager: manager, Service: service.Running(),
		Ready: func(address string) { p.Print("perch relay: listening on %s\n", address) },
	}
	if !daemon.IsDetached() && service.TakesLog() {
		options.LogTo = p.Err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var end func()
	options.Reload, end = reloadSignals(stop)
	defer end()
	return supervisor.Run(ctx, options)
}
