package settings

import (
	"context"
	"io"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

// VaultState tells how the vault of this home stands. It tries the passphrase that there is.
func (l *Local) VaultState(ctx context.Context) control.VaultState {
	c, _, _ := l.load(ctx)
	state := control.VaultState{
		Used: c.Secrets == config.SecretsVault, Exists: l.home.HasVault(), Unattended: secret.HasPassphrase(l.home.Passphrase()),
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

// Passphrase returns what OpenVault was given; "" for nothing. It is what a relay has to be started with that finds none
// by itself.
func (l *Local) Passphrase() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phrase
}

// hasVault reports whether the secrets of this home are in a vault, or will be.
func (l *Local) hasVault() bool {
	l.mu.Lock()
	isWanted := l.usesVault || l.phrase != ""
	l.mu.Unlock()
	return isWanted || l.home.HasVault() || l.home.KeepsPassphrase()
}

// passphrase takes the vault's passphrase from wherever it comes without a terminal: a window has none.
func (l *Local) passphrase() secret.Passphrase {
	return func(isNew bool) (string, error) {
		if typed := l.Passphrase(); typed != "" {
			return typed, nil
		}
		if secret.HasPassphrase(l.home.Passphrase()) {
			return secret.SystemPassphrase(l.home.Passphrase(), l.log, nil, io.Discard)(isNew)
		}
		return "", &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open the vault of secrets",
			Message: "the keys are in Perch's encrypted file, and its passphrase was not given yet",
			Remedy:  "open the vault with its passphrase", Err: secret.ErrNoPassphrase,
		}
	}
}
