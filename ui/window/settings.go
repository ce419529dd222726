package window

import (
	"context"

	"perch/app/control"
	"perch/ui/format"
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

// UnlessUnread saves settings, but asks first where perch.toml could not be read: what is saved replaces what nobody has seen.
func (w *Window) UnlessUnread(s control.Settings, save func()) {
	if !s.Unread || s.Problem == nil {
		save()
		return
	}
	w.Confirm(w.T("window.unread.title"), w.T("window.unread.about", format.Sentence(s.Problem.Message), s.Path+".bak"), w.T("window.unread.yes"), save)
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
