package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

// leastPhrase is the shortest passphrase that a new vault takes, in characters. scrypt makes each guess slow; it cannot
// help a word.
const leastPhrase = 10

// VaultState tells how the vault of this home stands.
func (l *LocalSettings) VaultState(ctx context.Context) control.VaultState {
	c, _, _ := l.load(ctx)
	state := control.VaultState{
		Used: c.Secrets == config.SecretsVault, Exists: exists(l.home.Vault()), Unattended: secret.HasPassphrase(l.home.Passphrase()),
	}
	state.Open = state.Unattended || l.Passphrase() != ""
	return state
}

// OpenVault takes the passphrase of the vault, or the one for a vault that is still to be made, for as long as this
// process runs. With keep it also goes into a file that only its owner can read. A home without a perch.toml keeps its
// secrets in the vault from then on.
func (l *LocalSettings) OpenVault(ctx context.Context, phrase string, keep bool) error {
	if !exists(l.home.Vault()) && utf8.RuneCountInString(phrase) < leastPhrase {
		return &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "make the vault of secrets", Message: "the passphrase is too short",
			Remedy: fmt.Sprintf("take at least %d characters; several words are good", leastPhrase),
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

// Passphrase returns what OpenVault was given; "" for nothing. It is what a relay has to be started with that finds none
// by itself.
func (l *LocalSettings) Passphrase() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phrase
}

// hasVault reports whether the secrets of this home are in a vault, or will be.
func (l *LocalSettings) hasVault() bool { return exists(l.home.Vault()) || l.Passphrase() != "" }

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// passphrase takes the vault's passphrase from wherever it comes without a terminal: a window has none.
func (l *LocalSettings) passphrase() secret.Passphrase {
	if typed := l.phrase; typed != "" {
		return secret.Fixed(typed)
	}
	return func(isNew bool) (string, error) {
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
