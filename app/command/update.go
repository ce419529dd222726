package command

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/update"
	"perch/app/version"
	"perch/bridge/visible"
)

func (p *program) updateCommand() *cobra.Command {
	var isCheck bool
	cmd := p.withJSON(&cobra.Command{
		Use: "update", Short: "Look for a newer version of Perch; nothing is installed", Args: usage(cobra.NoArgs),
		Long: "Looks into the release feed that perch.toml names ([update] feed and key) and says whether there is a newer Perch, and\n" +
			"where. The feed has to be signed with that key (minisign). Perch never installs anything by itself.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !isCheck {
				return usageError{errors.New("perch update installs nothing; to look for a newer version: perch update --check")} //nolint:err113 // shown, never compared
			}
			return p.checkUpdate(cmd.Context())
		},
	})
	cmd.Flags().BoolVar(&isCheck, "check", false, "look for a newer version")
	return cmd
}

func (p *program) checkUpdate(ctx context.Context) error {
	_, c, err := p.config()
	if err != nil {
		return err
	}
	found, err := update.Check(ctx, update.Source{Feed: c.Update.Feed, Key: c.Update.Key}, version.Number, time.Now)
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(control.FromUpdate(found))
	}
	p.Print("%s.\n", found.Sentence())
	if found.IsNewer {
		p.tellRelease(found.Latest)
	}
	return nil
}

func (p *program) tellRelease(r update.Release) {
	if r.Notes != "" {
		p.Print("%s\n", visible.Line(r.Notes))
	}
	if !r.Published.IsZero() {
		p.Print("Published: %s\n", r.Published.Local().Format(time.DateOnly))
	}
	if r.Page != "" {
		p.Print("Get it here: %s\n", r.Page)
	}
}
