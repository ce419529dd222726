package command

import (
	"context"
	"errors"

	"perch/app/config"
	"perch/app/settings"
	"perch/bridge/secret"
)

// keepPassphrase asks for the passphrase, tries it where there is a vault, and writes it down.
func (p *program) keepPassphrase(ctx context.Context) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	isNew := !home.HasVault()
	ask := secret.SystemPassphrase("", p.startLog(), p.In, p.Err)
	if p.phraseOnInput {
		ask = p.ask(home)
	}
	phrase, err := ask(isNew)
	if err == nil && isNew {
		err = secret.CheckNew(phrase)
	}
	if err != nil {
		return err
	}
	if _, err := secret.NewVault(home.Vault(), secret.Fixed(phrase)).List(ctx); err != nil {
		return err
	}
	if err := secret.KeepPassphrase(home.Passphrase(), phrase); err != nil {
		return err
	}
	what := "Perch opens the vault by itself from now on"
	if isNew {
		what = "There is no vault yet: it is made with the first secret, and Perch then opens it by itself"
	}
	p.Print("%s; the passphrase is in %s. Keep a copy elsewhere: nobody can recover it.\n", what, home.Passphrase())
	return nil
}

// moveSecrets is "perch secret move".
func (p *program) moveSecrets(ctx context.Context, to string) error {
	home, c, err := p.config()
	if err != nil {
		return err
	}
	if to != config.SecretsVault && to != config.SecretsKeyring {
		return usageError{errors.New("secret move: say vault or keyring")} //nolint:err113 // shown, never compared
	}
	if c.Secrets == to {
		p.Print("The secrets are in the %s already.\n", to)
		return nil
	}
	moved := *c
	moved.Secrets = to
	from, err := p.openStore(home, c)
	if err != nil {
		return err
	}
	dest, err := p.openStore(home, &moved)
	if err != nil {
		return err
	}
	n, err := settings.MoveAll(ctx, home, from, dest, to)
	if err != nil {
		return err
	}
	p.Print("%d secrets are in the %s now. A running relay takes them up with: perch restart\n", n, to)
	return nil
}
