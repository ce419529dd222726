package command

import (
	"context"
	"time"

	"perch/app/config"
	"perch/app/settings"
	"perch/bridge/secret"
)

// keyringTime bounds the question whether the keyring gives its secrets out.
const keyringTime = 10 * time.Second

// checkSecrets says why a relay could not read the secrets, before the one that can is stopped.
func (p *program) checkSecrets(ctx context.Context, home config.Home, c *config.Config) error {
	if c.Secrets == config.SecretsVault {
		return nil // passphraseFor has opened it
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	store, err := p.openStore(home, c)
	if err != nil {
		return err
	}
	_, err = store.List(ctx)
	return err
}

// openStore opens the store that the configuration names.
func (p *program) openStore(home config.Home, c *config.Config) (secret.Store, error) {
	return settings.OpenStore(home, c.Secrets, p.ask(home))
}
