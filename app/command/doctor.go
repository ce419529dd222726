package command

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/app/ingress"
	"perch/app/lockfile"
	"perch/app/version"
	"perch/bridge/reach/tunnel"
)

const (
	// doctorPatience bounds a run, a person who types the vault's passphrase not counted.
	doctorPatience = 14 * time.Second
	// doctorKeyring is the part of it that the keyring may take.
	doctorKeyring = 6 * time.Second
)

func (p *program) doctorCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "doctor", Short: "Check everything and say what is wrong, why, and what to do (exit 1: something failed)", Args: usage(cobra.NoArgs),
		Long: "doctor checks everything from the configuration to the last hop, beside a running relay or without one.\n" +
			"Begin with the first line that says FAIL: it is the cause of what follows. Nothing is sent to customers.",
		RunE: p.runDoctor,
	})
}

func (p *program) runDoctor(cmd *cobra.Command, _ []string) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	client := control.NewClient(home.Socket())
	defer client.Close()
	setup := p.doctorSetup(cmd.Context(), home, client)
	findings := examine(cmd.Context(), setup)
	if first, ok := doctor.First(findings); ok && first.State == doctor.Failed {
		p.exit = exitFailed
	}
	if p.json {
		return p.JSON(findings)
	}
	p.showFindings(findings)
	return nil
}

// doctorSetup is what the doctor examines. A person may be asked for the vault's passphrase.
func (p *program) doctorSetup(ctx context.Context, home config.Home, client *control.Client) doctor.Setup {
	setup := doctor.Setup{Home: home, Relay: client, Version: version.Number, TokenKey: ingress.ReplyTokenKey, Lock: func() (io.Closer, error) { return doctorLock(home) }}
	if setup.Config, setup.ConfigErr = config.Load(home.Config()); setup.ConfigErr == nil {
		p.fillDoctor(ctx, home, &setup)
	}
	return setup
}

func examine(ctx context.Context, setup doctor.Setup) []doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	return doctor.Examine(ctx, setup)
}

// fillDoctor adds what the configuration leads to.
func (p *program) fillDoctor(ctx context.Context, home config.Home, s *doctor.Setup) {
	store, err := p.openStore(home, s.Config)
	if err == nil {
		if s.Config.Secrets == config.SecretsKeyring {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, doctorKeyring)
			defer cancel()
		}
		s.Secrets = store
		s.Values, err = adapter.ReadSecrets(ctx, store, s.Config)
	}
	s.SecretsErr = err
	c, values := s.Config, s.Values
	s.PublicURL = func(at string) string { return adapter.PublicURL(c, values, at) }
	s.NewTunnel = func() tunnel.Tunnel {
		return ingress.NewTunnel(home, c, values, slog.New(slog.DiscardHandler))
	}
}

// doctorLock keeps a relay from starting while the doctor works.
func doctorLock(home config.Home) (io.Closer, error) {
	lock, err := lockfile.Take(home.Lock())
	if errors.Is(err, lockfile.ErrLocked) {
		return nil, errors.Join(doctor.ErrHeld, err)
	}
	if err != nil {
		return nil, err
	}
	return lock, nil
}

var stateLabels = map[doctor.State]string{doctor.OK: "ok", doctor.Warn: "warn", doctor.Failed: "FAIL", doctor.Skipped: "skip"}

func (p *program) showFindings(findings []doctor.Finding) {
	for _, f := range findings {
		what := f.Title
		if f.Channel != "" {
			what += " (" + f.Channel + ")"
		}
		text := f.Message
		if f.Remedy != "" {
			text += "; " + f.Remedy
		}
		p.Print("%-4s  %s — %s\n", stateLabels[f.State], what, oneLine(text))
	}
	first, ok := doctor.First(findings)
	switch {
	case !ok:
		p.Print("\nEverything is fine.\n")
	case first.State == doctor.Failed:
		p.Print("\nBegin with: %s. What follows it may come from it.\n", first.Title)
	default:
		p.Print("\nNothing has failed. Worth a look: %s.\n", first.Title)
	}
}
