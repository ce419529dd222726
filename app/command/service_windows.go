package command

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"perch/app/notify"
	"perch/app/service"
)

// underManager are the commands that a service manager runs.
func (p *program) underManager() []*cobra.Command {
	return []*cobra.Command{{
		Use: "run", Short: "Run the relay for Windows' service manager", Hidden: true, Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			home, err := p.home()
			if err != nil {
				return err
			}
			if err := os.Setenv(service.EnvService, service.Windows); err != nil {
				return err
			}
			return service.RunWindows(cmd.Context(), p.startLog(), home, func(ctx context.Context, manager *notify.Manager) error {
				err := p.relay(ctx, manager)
				if err != nil {
					manager.Failed(sentence(err))
				}
				return err
			})
		},
	}}
}
