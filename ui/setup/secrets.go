package setup

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/window"
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

// vaultStep comes before the first secret where there is no keyring.
func (w *page) vaultStep() fyne.CanvasObject {
	isNew := !w.win.VaultState.Exists
	w.vault = window.NewPassphrase(w.win, isNew, w.onNext)
	w.first = w.vault.Phrase
	return kit.VStack(16, w.stepHead(kit.Pick(isNew, "vault", "unlock")), w.vault.Content)
}

// secretEntry is a labelled entry that shows dots. One that is stored says so and can be left empty.
func (w *page) secretEntry(name, label string) fyne.CanvasObject {
	stored := w.win.Stored.Has(w.channel().Name, name)
	e := kit.NewSecretEntry(kit.Pick(stored, w.win.T("window.wizard.stored"), w.win.T("window.secret.paste")))
	e.SetText(w.typed[name])
	e.OnChanged = func(text string) {
		w.typed[name] = text
		w.uncheck()
	}
	e.OnSubmitted = func(string) { w.onNext() }
	if w.first == nil {
		w.first = e
	}
	if label == "" {
		return e
	}
	title := kit.NewText(label, kit.TextSmall, kit.Ink)
	title.Bold = true
	return kit.VStack(3, title, e)
}

// uncheck makes the next button try again, because something was changed.
func (w *page) uncheck() {
	if w.checked {
		w.checked = false
		w.outcome.Hide()
		w.label()
	}
}
