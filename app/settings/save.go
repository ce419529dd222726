package settings

import (
	"context"
	"errors"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

// SaveSettings implements control.SettingsBackend.
func (l *Local) SaveSettings(ctx context.Context, wire control.Config, dryRun bool) (control.Saved, error) {
	c := fromControl(wire)
	out := control.Saved{Problems: []control.Problem{}, ReloadResult: l.preview(c)}
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
	out.ReloadResult = l.reload(ctx, c)
	return out, nil
}

func (l *Local) save(c *config.Config) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.home.Make(); err != nil {
		return err
	}
	return config.Save(l.home.Config(), c)
}

// SetSecret implements control.SettingsBackend.
func (l *Local) SetSecret(ctx context.Context, channel, name, value string) (control.ReloadResult, error) {
	key, err := secret.MakeKey(channel, name)
	if err != nil {
		return control.ReloadResult{}, err
	}
	c, _, problem := l.draft(ctx)
	if !namesStore(c) { // any other mistake can be mended later
		return control.ReloadResult{}, problem
	}
	store, err := l.open(c.Secrets)
	if err != nil {
		return control.ReloadResult{}, err
	}
	if value != "" {
		err = store.Set(ctx, key, value)
	} else if err = store.Delete(ctx, key); errors.Is(err, secret.ErrNotSet) {
		err = nil
	}
	if err != nil {
		return control.ReloadResult{}, err
	}
	return l.reload(ctx, c), nil
}

// namesStore reports whether a configuration, which may be wrong or missing, says where secrets are kept.
func namesStore(c *config.Config) bool {
	return c != nil && (c.Secrets == config.SecretsVault || c.Secrets == config.SecretsKeyring)
}

// preview says what the relay in this process would make of a configuration; nothing when there is none.
func (l *Local) preview(c *config.Config) control.ReloadResult {
	if l.relay == nil {
		return noChange()
	}
	return l.relay.Preview(c)
}

// reload lets the relay in this process apply what was just stored. It is stored in any case, so that a reload that
// fails is no error but something that a restart has to bring.
func (l *Local) reload(ctx context.Context, c *config.Config) control.ReloadResult {
	if l.relay == nil {
		return noChange()
	}
	result, err := l.relay.Reload(ctx)
	if err == nil {
		return result
	}
	e := bridge.AsError(err)
	result = l.relay.Preview(c)
	result.Applied, result.Restart = []string{}, true
	result.Refused = []control.Problem{{Message: "the relay could not take it over: " + e.Message, Remedy: e.Remedy}}
	return result
}

func noChange() control.ReloadResult {
	return control.ReloadResult{Applied: []string{}, RestartFields: []string{}, Refused: []control.Problem{}}
}
