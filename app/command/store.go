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

// secrets opens the store of this home. The vault asks for its passphrase when it is first used.
func (p *program) secrets() (config.Home, *config.Config, secret.Store, error) {
	home, c, err := p.config()
	if err != nil {
		return home, nil, nil, err
	}
	store, err := p.openStore(home, c)
	return home, c, store, err
}

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
