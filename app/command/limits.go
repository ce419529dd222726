package command

import (
	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) limitsCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "limits", Short: "Show X's rate limits and what waits for them", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			relay, err := p.reader()
			if err != nil {
				return err
			}
			limits, err := relay.Limits(cmd.Context())
			if err != nil {
				return err
			}
			p.noteStopped(relay)
			if p.json {
				return p.JSON(limits)
			}
			if len(limits) == 0 && relay.IsStopped() {
				p.Print("The journal keeps no limit of X that is still in force.\n")
				return nil
			}
			p.showLimits(limits)
			return nil
		},
	})
}

func (p *program) showLimits(limits []control.Limit) {
	if len(limits) == 0 {
		p.Print("X has not told any limit yet: it does so with every answer.\n")
		return
	}
	t := p.Table()
	t.Row("CHANNEL\tCALL\tWINDOW\tUSED\tLEFT\tRESETS\tWAITING")
	for _, l := range limits {
		for _, w := range l.Windows {
			t.Row("%s\t%s\t%s\t%d of %d\t%d\t%s\t%d", l.Channel, l.Endpoint, w.Name, w.Limit-w.Remaining, w.Limit,
				w.Remaining, clock(w.ResetAt), l.Waiting)
		}
	}
	t.Flush()
}
