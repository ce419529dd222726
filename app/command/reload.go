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
	result, err := client.Reload(ctx)
	if err != nil {
		return err
	}
	if len(result.Refused) > 0 {
		p.exit = exitFailed
	}
	if p.json {
		return p.JSON(result)
	}
	if len(result.Applied)+len(result.RestartFields)+len(result.Refused) == 0 {
		p.Print("Nothing has changed: the relay works with perch.toml and the secrets as they are.\n")
	}
	if len(result.Applied) > 0 {
		p.Print("In use now: %s\n", strings.Join(result.Applied, ", "))
	}
	if len(result.RestartFields) > 0 {
		p.Print("In use after perch restart: %s\n", strings.Join(result.RestartFields, ", "))
	}
	for _, problem := range control.Distinct(result.Refused) {
		p.Print("Not result over: %s; %s\n", problem.Message, problem.Remedy)
	}
	return nil
}

// tellRelay lets a running relay apply a secret that was stored or deleted, and says what came of it. It is done in
// any case, so that a relay that cannot apply it is no failure.
func (p *program) tellRelay(ctx context.Context, done string, key secret.Key) {
	p.Print("%s %s.", done, key)
	client, err := p.client()
	var result control.ReloadResult
	if err == nil {
		result, err = client.Reload(ctx)
	}
	name := key.String()
	switch at := slices.IndexFunc(result.Refused, func(r control.Problem) bool { return r.Field == name }); {
	case errors.Is(err, control.ErrNotRunning):
		p.Print("\n")
	case err != nil:
		p.Print(" The running relay did not take it over: %s. Then: perch reload\n", sentence(err))
	case at >= 0:
		p.Print(" The running relay does not use it yet: %s; %s\n", result.Refused[at].Message, result.Refused[at].Remedy)
	case slices.Contains(result.RestartFields, name), slices.Contains(result.RestartFields, "secrets"):
		p.Print(" In use after: perch restart\n")
	case slices.Contains(result.Applied, name):
		p.Print(" The running relay works with that from now on.\n")
	default:
		p.Print("\n")
	}
}
