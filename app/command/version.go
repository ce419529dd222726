package command

import (
	"github.com/spf13/cobra"

	"perch/app/version"
)

func (p *program) versionCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "version", Short: "Print the version", Args: usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if p.json {
				return p.JSON(map[string]string{"version": version.Number})
			}
			p.Print("perch %s\n", version.Number)
			return nil
		},
	})
}
