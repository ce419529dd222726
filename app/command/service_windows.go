package command

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/notify"
	"perch/app/service"
	"perch/bridge"
)

// addManaged adds what Windows' service manager runs, and what the MSI does.
func (p *program) addManaged(cmd *cobra.Command, f *serviceFlags) {
	cmd.PersistentFlags().BoolVar(&f.isAny, "any", false, "the service of this computer, whichever folder it works on")
	_ = cmd.PersistentFlags().MarkHidden("any") // it is there
	cmd.AddCommand(&cobra.Command{
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
	})
}

// anyHome is the home of the service of this computer.
func anyHome() (config.Home, error) {
	folder := service.Folder()
	if folder == "" {
		return config.Home{}, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "service", Message: "this computer has no service of Perch", Remedy: "make one with: perch service install",
		}
	}
	return config.FindHome(folder)
}
