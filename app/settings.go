package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

const (
	// keyringPatience bounds the question whether this computer has a keyring.
	keyringPatience = 3 * time.Second
	// listPatience bounds the question which secrets are set: a locked keyring waits for a person.
	listPatience = 10 * time.Second
)

// LocalSettings lets people set what is in the files of one home, whether a relay runs or not. It implements
// control.SettingsBackend.
type LocalSettings struct {
	home config.Home
	log  *slog.Logger
	// relay is the one in this process; nil when there is none.
	relay reloader
	// store is the relay's, of the kind storeKind; nil means the one that the configuration names.
	store     secret.Store
	storeKind string
	// public is the address that the relay's tunnel got; nil when there is none.
	public func() string

	mu     sync.Mutex // one change at a time
	opened map[string]secret.Store
	phrase string // typed by a person; "" for none
	// usesVault is set when a person has chosen the vault before there is a perch.toml that could say so.
	usesVault bool
}

// reloader takes over what was changed.
type reloader interface {
	reload(ctx context.Context) (control.Taken, error)
	// preview says what a reload would make of a configuration.
	preview(c *config.Config) control.Taken
}

var _ control.SettingsBackend = (*LocalSettings)(nil)

// NewLocalSettings returns the settings of a home without a relay. It touches nothing before the first call, and never
// asks at a terminal.
func NewLocalSettings(home config.Home) *LocalSettings {
	return &LocalSettings{home: home, log: slog.New(slog.DiscardHandler), opened: map[string]secret.Store{}}
}

// newRelaySettings returns the settings of a relay that runs in this process.
func newRelaySettings(r *relay) *LocalSettings {
	l := NewLocalSettings(r.home)
	l.log, l.relay, l.store, l.storeKind = r.log, r.reloads, r.secrets, r.config.Secrets
	l.public = func() string { return r.reach().PublicURL }
	return l
}

// Settings implements control.SettingsBackend.
func (l *LocalSettings) Settings(ctx context.Context) (control.Settings, error) {
	c, exists, problem := l.load(ctx)
	out := control.Settings{
		Config: wireOf(c), Exists: exists, Problem: failureOf(problem), Path: l.home.Config(), LogPath: l.home.Log(),
		Secrets: []control.SecretState{},
	}
	if c.LogFile != "" {
		out.LogPath = c.LogFile
	}
	stored, err := l.stored(ctx, c)
	out.SecretsProblem = failureOf(err)
	for _, key := range usable(c, stored) {
		out.Secrets = append(out.Secrets, control.SecretState{Channel: key.Channel, Name: key.Name, Set: slices.Contains(stored, key)})
	}
	return out, nil
}

// load returns the configuration, or the defaults when there is none or it cannot be read.
func (l *LocalSettings) load(ctx context.Context) (c *config.Config, exists bool, problem error) {
	c, err := config.Load(l.home.Config())
	if err == nil {
		return c, true, nil
	}
	c = config.Default()
	if !errors.Is(err, fs.ErrNotExist) {
		return c, true, err
	}
	if l.hasVault() || !l.hasKeyring(ctx) {
		c.Secrets = config.SecretsVault
	}
	return c, false, nil
}

// hasKeyring reports whether this computer can keep secrets in its keyring.
func (l *LocalSettings) hasKeyring(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, keyringPatience)
	defer cancel()
	store, err := l.open(config.SecretsKeyring)
	if err == nil {
		_, err = store.List(ctx)
	}
	// One that does not answer is there: it waits to be unlocked.
	return !errors.Is(err, secret.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}

func (l *LocalSettings) stored(ctx context.Context, c *config.Config) ([]secret.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	store, err := l.open(c.Secrets)
	if err != nil {
		return nil, err
	}
	return store.List(ctx)
}

// open returns the store of the kind that perch.toml names. It is made once, so that a vault is unlocked once.
func (l *LocalSettings) open(kind string) (secret.Store, error) {
	if l.store != nil && kind == l.storeKind {
		return l.store, nil
	}
	if err := l.home.Make(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened[kind] == nil {
		if kind == config.SecretsVault {
			l.opened[kind] = secret.NewVault(l.home.Vault(), l.passphrase())
		} else {
			l.opened[kind] = secret.NewKeyring(keyringService, l.home.Lock()+".keyring")
		}
	}
	return l.opened[kind], nil
}

// usable lists the secrets that the configuration can use, and those stored for channels that it does not have yet.
func usable(c *config.Config, stored []secret.Key) []secret.Key {
	var keys []secret.Key
	for _, ch := range c.Channels {
		for _, name := range secret.ChannelNames() {
			keys = append(keys, secret.Key{Channel: ch.Name, Name: name})
		}
	}
	for _, name := range secret.GlobalNames() {
		keys = append(keys, secret.Key{Name: name})
	}
	for _, key := range stored {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// SaveSettings implements control.SettingsBackend.
func (l *LocalSettings) SaveSettings(ctx context.Context, wire control.Config, dryRun bool) (control.Saved, error) {
	c := configOf(wire)
	out := control.Saved{Problems: []control.Problem{}, Taken: l.preview(c)}
	if err := c.Validate(); err != nil {
		out.Problems = problemsOf(c, err)
		return out, nil
	}
	if dryRun {
		return out, nil
	}
	if err := l.save(c); err != nil {
		return out, err
	}
	out.Taken = l.reload(ctx, c)
	return out, nil
}

func (l *LocalSettings) save(c *config.Config) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.home.Make(); err != nil {
		return err
	}
	return config.Save(l.home.Config(), c)
}

// SetSecret implements control.SettingsBackend.
func (l *LocalSettings) SetSecret(ctx context.Context, channel, name, value string) (control.Taken, error) {
	key, err := secret.MakeKey(channel, name)
	if err != nil {
		return control.Taken{}, err
	}
	c, _, problem := l.load(ctx)
	if problem != nil {
		return control.Taken{}, problem
	}
	store, err := l.open(c.Secrets)
	if err != nil {
		return control.Taken{}, err
	}
	if value != "" {
		err = store.Set(ctx, key, value)
	} else if err = store.Delete(ctx, key); errors.Is(err, secret.ErrNotSet) {
		err = nil
	}
	if err != nil {
		return control.Taken{}, err
	}
	return l.reload(ctx, c), nil
}

func failureOf(err error) *control.Failure {
	if err == nil {
		return nil
	}
	e := bridge.AsError(err)
	return &control.Failure{Kind: string(e.Kind), Message: e.Message, Remedy: e.Remedy}
}
