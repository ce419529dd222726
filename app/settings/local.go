package settings

import (
	"context"
	"log/slog"
	"sync"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/secret"
)

// Local lets people set what is in the files of one home, whether a relay runs or not. It implements
// control.SettingsBackend.
type Local struct {
	home config.Home
	log  *slog.Logger
	// relay is the one in this process; nil when there is none.
	relay *Relay

	unlocking sync.Mutex // one attempt at a backup's PIN at a time

	mu     sync.Mutex // one change at a time
	opened map[string]secret.Store
	phrase string // typed by a person; "" for none
	// usesVault is set when a person has chosen the vault before there is a perch.toml that could say so.
	usesVault bool
}

// New returns the settings of a home without a relay. It touches nothing before the first call, and never
// asks at a terminal.
func New(home config.Home) *Local {
	return &Local{home: home, log: slog.New(slog.DiscardHandler), opened: map[string]secret.Store{}}
}

// With lets l use a store of a kind ("vault" or "keyring") that is open already, and returns l.
func (l *Local) With(kind string, store secret.Store) *Local {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opened[kind] = store
	return l
}

// Relay is a relay that runs in this process.
type Relay struct {
	Reloader
	// Secrets is the store that it has open, of the kind SecretsKind ("vault" or "keyring").
	Secrets     secret.Store
	SecretsKind string
	// PublicURL is the address at which X reaches it; "" while there is none.
	PublicURL func() string
	// ForgetChat drops what the relay has kept of a channel's encrypted conversations; may be nil.
	ForgetChat func(ctx context.Context, channel string) error
	Log        *slog.Logger
}

// Reloader applies what was changed.
type Reloader interface {
	// Reload applies what is stored now. An error says that nothing was changed, or that it is not known yet.
	Reload(ctx context.Context) (control.ReloadResult, error)
	// Preview says what a reload would make of a configuration.
	Preview(c *config.Config) control.ReloadResult
}

// Of returns the settings of a relay that runs in this process.
func Of(home config.Home, relay Relay) *Local {
	l := New(home)
	l.log, l.relay = relay.Log, &relay
	return l
}
