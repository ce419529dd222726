package command

import (
	"context"

	"github.com/spf13/cobra"

	"perch/app/daemon"
	"perch/app/desk"
	"perch/app/notify"
	"perch/app/service"
	"perch/app/supervisor"
	"perch/bridge"
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
		Restart: p.restartFromOutside,
		Ready:   func(address string) { p.Print("perch relay: listening on %s\n", address) },
	}
	if !daemon.IsDetached() && service.TakesLog() {
		options.LogTo = p.Err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var end func()
	options.Reload, end = reloadSignals(stop)
	defer end()
	addProcessor()
	return supervisor.Run(ctx, options)
}

// restartFromOutside runs perch restart, which ends this relay and starts another one: by the service where there is one.
func (p *program) restartFromOutside(ctx context.Context) error {
	cmd, err := desk.Programs{Home: p.homeFlag}.Start(ctx, desk.Perch, "restart")
	if err == nil {
		err = cmd.Wait()
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "restart", Message: "this relay cannot be restarted from here",
		Remedy: "type on its computer, which says why: perch restart", Err: err,
	}
}
