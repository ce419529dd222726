package window

import (
	"context"

	"perch/app/control"
)

// ReloadSettings reads the settings in the background and tells the pages that show them.
func (w *Window) ReloadSettings() {
	var settings control.Settings
	var vault control.VaultState
	w.Watch.Do(func(ctx context.Context) (err error) {
		vault = w.Vault.VaultState(ctx)
		settings, err = w.Settings.Settings(ctx)
		return err
	}, func(err error) {
		w.VaultState = vault
		if !w.ShowError(err) {
			w.onSettings(settings)
		}
	})
}

func (w *Window) onSettings(s control.Settings) {
	first := !w.IsKnown
	w.Stored, w.IsKnown = s, true
	for _, entry := range w.table {
		if p, ok := w.pages[entry.Name].(Configurable); ok {
			p.Configure(s)
		}
	}
	if first && !s.Exists && w.Section == "" {
		w.Open(Setup)
	}
}
