// Package settings lets people read, check and change what a home is set up with: perch.toml, the secrets and their vault.
//
// It guarantees that a perch.toml is written as a whole or not at all, that what is wrong with it is told field by field,
// that no value of a secret is ever given out, that no secret is lost when they move, that a check changes nothing but for
// the small file that proves Motion's storage and for tokens of a login that had to be renewed, that ImportChat and
// UnlockChat store no keys of encrypted chat but those that X tells to be the account's newest, and that a PIN is tried once
// and kept nowhere. It works beside a relay, inside one, and without any.
package settings

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

var _ control.SettingsBackend = (*Local)(nil)

// Settings implements control.SettingsBackend.
func (l *Local) Settings(ctx context.Context) (control.Settings, error) {
	c, exists, problem := l.draft(ctx)
	unread := c == nil
	if unread {
		c = config.Default()
	}
	out := control.Settings{
		Config: toControl(c), Exists: exists, Problem: failureOf(problem), Unread: unread, Path: l.home.Config(), LogPath: l.home.Log(),
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

// load returns the configuration, or the defaults when there is none or it is not valid.
func (l *Local) load(ctx context.Context) (c *config.Config, exists bool, problem error) {
	if c, exists, problem = l.draft(ctx); problem != nil {
		c = config.Default()
	}
	return c, exists, problem
}

// draft returns the configuration, also with a problem where that is only in what it says; the defaults when there is
// none; and nil when it cannot be read.
func (l *Local) draft(ctx context.Context) (c *config.Config, exists bool, problem error) {
	c, err := config.LoadDraft(l.home.Config())
	if !errors.Is(err, fs.ErrNotExist) {
		return c, true, err
	}
	c = config.Default()
	if l.hasVault() || !l.HasKeyring(ctx) {
		c.Secrets = config.SecretsVault
	}
	return c, false, nil
}

func failureOf(err error) *control.Failure {
	if err == nil {
		return nil
	}
	e := bridge.AsError(err)
	return &control.Failure{Kind: string(e.Kind), Message: e.Message, Remedy: e.Remedy}
}

// usable lists the secrets that the configuration can use, and those stored for channels that it does not have yet.
func usable(c *config.Config, stored []secret.Key) []secret.Key {
	keys := adapter.SecretKeys(c)
	for _, key := range stored {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
