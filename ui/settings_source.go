package ui

import (
	"context"
	"errors"

	"perch/app/control"
	"perch/ui/window"
)

// FirstOf returns settings that ask the relay, and the local files where no relay runs or the relay does not offer
// settings.
func FirstOf(relay, local window.Settings) window.Settings { return &firstOf{relay, local} }

type firstOf struct{ relay, local window.Settings }

func isElsewhere(err error) bool {
	return errors.Is(err, control.ErrNotRunning) || errors.Is(err, control.ErrNoSettings)
}

func (f *firstOf) Settings(ctx context.Context) (control.Settings, error) {
	s, err := f.relay.Settings(ctx)
	if isElsewhere(err) {
		return f.local.Settings(ctx)
	}
	return s, err
}

func (f *firstOf) SaveSettings(ctx context.Context, c control.Config, dryRun bool) (control.Saved, error) {
	s, err := f.relay.SaveSettings(ctx, c, dryRun)
	if isElsewhere(err) {
		return f.local.SaveSettings(ctx, c, dryRun)
	}
	return s, err
}

func (f *firstOf) SetSecret(ctx context.Context, channel, name, value string) (control.ReloadResult, error) {
	taken, err := f.relay.SetSecret(ctx, channel, name, value)
	if isElsewhere(err) {
		return f.local.SetSecret(ctx, channel, name, value)
	}
	return taken, err
}

func (f *firstOf) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	result, err := f.relay.CheckSettings(ctx, what, r)
	if isElsewhere(err) {
		return f.local.CheckSettings(ctx, what, r)
	}
	return result, err
}
