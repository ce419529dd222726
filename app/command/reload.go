package command

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/bridge/secret"
)

func (p *program) reloadCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "reload", Short: "Let the running relay take over a changed perch.toml and changed secrets", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.reload(cmd.Context()) },
	})
}

// reload fails when the relay refused something; what needs a restart is no failure.
func (p *program) reload(ctx context.Context) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	taken, err := client.Reload(ctx)
	if err != nil {
		return err
	}
	if len(taken.Refused) > 0 {
		p.exit = exitFailed
	}
	if p.json {
		return p.JSON(taken)
	}
	if len(taken.Applied)+len(taken.RestartFields)+len(taken.Refused) == 0 {
		p.Print("Nothing has changed: the relay works with perch.toml and the secrets as they are.\n")
	}
	if len(taken.Applied) > 0 {
		p.Print("In use now: %s\n", strings.Join(taken.Applied, ", "))
	}
	if len(taken.RestartFields) > 0 {
		p.Print("In use after perch restart: %s\n", strings.Join(taken.RestartFields, ", "))
	}
	for _, problem := range control.Distinct(taken.Refused) {
		p.Print("Not taken over: %s; %s\n", problem.Message, problem.Remedy)
	}
	return nil
}

// tellRelay lets a running relay take over a secret that was stored or deleted, and says what came of it. It is done in
// any case, so that a relay that cannot take it over is no failure.
func (p *program) tellRelay(ctx context.Context, done string, key secret.Key) {
	p.Print("%s %s.", done, key)
	client, err := p.client()
	var taken control.Taken
	if err == nil {
		taken, err = client.Reload(ctx)
	}
	name := key.String()
	switch at := slices.IndexFunc(taken.Refused, func(r control.Problem) bool { return r.Field == name }); {
	case errors.Is(err, control.ErrNotRunning):
		p.Print("\n")
	case err != nil:
		p.Print(" The running relay did not take it over: %s. Then: perch reload\n", sentence(err))
	case at >= 0:
		p.Print(" The running relay does not use it yet: %s; %s\n", taken.Refused[at].Message, taken.Refused[at].Remedy)
	case slices.Contains(taken.RestartFields, name), slices.Contains(taken.RestartFields, "secrets"):
		p.Print(" In use after: perch restart\n")
	case slices.Contains(taken.Applied, name):
		p.Print(" The running relay works with that from now on.\n")
	default:
		p.Print("\n")
	}
}
