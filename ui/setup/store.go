package setup

import (
	"context"
	"strings"

	"perch/app/control"
)

// store hands the typed secrets over. It returns what a running relay made of the last one: those before it belong to a
// set that was not whole yet.
func (w *page) store(ctx context.Context, values map[string]string, channel string) (last control.ReloadResult, err error) {
	for name, value := range values {
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		if last, err = w.win.Settings.SetSecret(ctx, channel, name, value); err != nil {
			return last, &unstoredError{err}
		}
	}
	return last, nil
}

// unstoredError says that a secret could not be stored.
type unstoredError struct{ error }

func (u *unstoredError) Unwrap() error { return u.error }

// typedSecrets returns the typed secrets of some names, for the background.
func (w *page) typedSecrets(names ...string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		values[name] = w.typed[name]
	}
	return values
}

// refresh reads the settings again, so that what is stored is known.
func (w *page) refresh(ctx context.Context) (control.Settings, error) {
	return w.win.Settings.Settings(ctx)
}
