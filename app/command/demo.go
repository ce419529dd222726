package command

import (
	"github.com/spf13/cobra"

	"perch/app/demo"
	"perch/bridge"
)

func (p *program) demoCommand() *cobra.Command {
	var o demo.Options
	cmd := &cobra.Command{
		Use: "demo", Short: "Watch Perch work on simulators: no key, no network", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return demo.Run(cmd.Context(), p.Printer, o) },
	}
	cmd.Flags().BoolVar(&o.Headless, "headless", false, "no tray and no window, words only")
	cmd.Flags().DurationVar(&o.Live, "for", 0, "go on with live traffic for that long (30s, 5m)")
	return cmd
}

// notInDemo refuses to start a relay where a demo lives or lived.
func (p *program) notInDemo(op string) error {
	home, err := p.home()
	if err != nil || !demo.IsHome(home) {
		return err
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: "this relay belongs to the demo and ends with it",
		Remedy: "end the demo by closing its window, with Ctrl+C in its terminal or with perch stop; perch demo shows it again",
	}
}
