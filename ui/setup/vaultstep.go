package setup

import (
	"context"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/window"
)

// vaultStep comes before the first secret where there is no keyring.
func (w *page) vaultStep() fyne.CanvasObject {
	isNew := !w.win.VaultState.Exists
	w.vault = window.NewPassphrase(w.win, isNew, w.onNext)
	w.vault.Changed = w.outcome.Hide
	w.first = w.vault.Phrase
	return kit.VStack(16, w.stepHead(kit.Pick(isNew, "vault", "unlock")), w.vault.Content)
}

// onInstead keeps the secrets in the vault from now on, because the keyring does not take them.
func (w *page) onInstead() {
	var vault control.VaultState
	w.busy(func(ctx context.Context) error {
		err := w.win.Vault.UseVault(ctx)
		vault = w.win.Vault.VaultState(ctx)
		return err
	}, func(err error) {
		if w.showError(err) {
			return
		}
		w.win.VaultState, w.draft.Config.Secrets = vault, "vault"
		w.saveDraft()
		w.build()
	})
}

// openVault hands the passphrase over and goes on with the keys.
func (w *page) openVault() {
	f := w.vault
	w.busy(f.Submit(), func(err error) {
		if err != nil {
			window.ShowResult(w.outcome, f.Explain(err))
			return
		}
		w.win.VaultState.Open = true
		w.build()
		w.win.ReloadSettings()
	})
}
