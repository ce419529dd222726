package settings

import (
	"context"
	"errors"
	"time"

	"perch/app/config"
	"perch/bridge/secret"
)

const (
	// keyringPatience bounds the question whether this computer has a keyring.
	keyringPatience = 3 * time.Second
	// listPatience bounds the question which secrets are set: a locked keyring waits for a person.
	listPatience = 10 * time.Second
	// keyringService is the name under which the keyring shows Perch's secrets.
	keyringService = "perch"
)

// HasKeyring reports whether this computer can keep secrets in its keyring.
func (l *Local) HasKeyring(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, keyringPatience)
	defer cancel()
	store, err := l.open(config.SecretsKeyring)
	if err == nil {
		_, err = store.List(ctx)
	}
	// One that does not answer is there: it waits to be unlocked.
	return !errors.Is(err, secret.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}

func (l *Local) stored(ctx context.Context, c *config.Config) ([]secret.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	store, err := l.open(c.Secrets)
	if err != nil {
		return nil, err
	}
	return store.List(ctx)
}

// open returns the store of the kind that perch.toml names. It is made once, so that a vault is unlocked once.
func (l *Local) open(kind string) (secret.Store, error) {
	if l.relay != nil && l.relay.Secrets != nil && kind == l.relay.SecretsKind {
		return l.relay.Secrets, nil
	}
	if err := l.home.Make(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened[kind] == nil {
		store, err := OpenStore(l.home, kind, l.passphrase())
		if err != nil {
			return nil, err
		}
		l.opened[kind] = store
	}
	return l.opened[kind], nil
}

// OpenStore returns a home's store of secrets of a kind, "vault" or "keyring". The vault asks for its passphrase when it
// is first used.
func OpenStore(home config.Home, kind string, ask secret.Passphrase) (secret.Store, error) {
	if kind == config.SecretsVault {
		return secret.NewVault(home.Vault(), ask), nil
	}
	if err := home.Make(); err != nil {
		return nil, err
	}
	return secret.NewKeyring(keyringService, home.Lock()+".keyring"), nil
}
