package settings

import (
	"context"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/secret"
)

// VaultState tells how the vault of this home stands. It tries the passphrase that there is.
func (l *Local) VaultState(ctx context.Context) control.VaultState {
	c, _, _ := l.draft(ctx)
	if c == nil {
		c = config.Default()
	}
	state := control.VaultState{
		Used: c.Secrets == config.SecretsVault, Exists: l.home.HasVault(), Unattended: secret.HasPassphrase(l.home.Passphrase()), Least: secret.LeastPhrase,
	}
	if !state.Exists {
		_, err := l.passphrase()(false)
		state.Open = err == nil
		return state
	}
	store, err := l.open(config.SecretsVault)
	if err == nil {
		_, err = store.List(ctx)
	}
	state.Open = err == nil
	return state
}

// OpenVault takes the passphrase of the vault, or the one for a vault that is still to be made, for as long as this
// process runs. With keep it also goes into a file that only its owner can read.
func (l *Local) OpenVault(ctx context.Context, phrase string, keep bool) error {
	if !l.home.HasVault() {
		if err := secret.CheckNew(phrase); err != nil {
			return err
		}
	}
	if _, err := secret.NewVault(l.home.Vault(), secret.Fixed(phrase)).List(ctx); err != nil {
		return err
	}
	if keep {
		if err := secret.KeepPassphrase(l.home.Passphrase(), phrase); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phrase = phrase
	delete(l.opened, config.SecretsVault)
	return nil
}

// UseVault makes the vault the place of this home's secrets, because the keyring does not take them. A perch.toml that
// is there says so from then on; what the keyring has stays in it.
func (l *Local) UseVault(ctx context.Context) error {
	l.mu.Lock()
	l.usesVault = true
	l.mu.Unlock()
	c, isThere, problem := l.load(ctx)
	if problem != nil || !isThere || c.Secrets == config.SecretsVault {
		return problem
	}
	return setSecretsPlace(l.home.Config(), config.SecretsVault)
}
