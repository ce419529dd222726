package setup

import (
	"context"
	"errors"
	"time"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// busy works in the background with the buttons asleep.
func (w *page) busy(work func(context.Context) error, then func(error)) {
	w.isBusy = true
	w.label()
	w.win.Watch.Do(work, func(err error) {
		w.isBusy = false
		w.label()
		then(err)
	})
}

// showError shows an error as the step's outcome and reports whether there was one.
func (w *page) showError(err error) bool {
	if err == nil {
		return false
	}
	message, remedy := control.Explain(err)
	window.ShowResult(w.outcome, control.CheckResult{Message: message, Remedy: format.Advice(remedy, w.win.Texts)})
	var unstored *unstoredError
	if errors.As(err, &unstored) && w.draft.Config.Secrets == "keyring" && !w.win.Data.Running {
		w.instead.Show()
	}
	return true
}

func (w *page) onNext() {
	switch {
	case w.isBusy:
	case w.vault != nil:
		w.openVault()
	case w.draft.Step == stepX && !w.checked:
		w.checkX()
	case w.draft.Step == stepMotion && !w.checked:
		w.checkMotion()
	case w.draft.Step == stepReach || w.draft.Step == stepReplies:
		w.checkReach()
	case w.draft.Step == stepFinish && w.begun.IsZero():
		w.onSave()
	case w.draft.Step == stepFinish:
		w.onDone()
	default:
		w.goTo(w.draft.Step + 1)
	}
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

// onSave writes perch.toml and starts the relay with it.
func (w *page) onSave() {
	answers, began, wasRunning := form.Clone(w.draft.Config), form.Clone(w.draft.Began), w.win.Data.Running
	var saved control.Saved
	var isSaved bool
	w.busy(func(ctx context.Context) error {
		now, err := w.refresh(ctx)
		if err != nil {
			return err
		}
		// What was changed elsewhere since the set-up began stays.
		if saved, err = w.win.Settings.SaveSettings(ctx, rebase(began, answers, now.Config), false); err != nil || len(saved.Problems) > 0 {
			return err
		}
		isSaved = true
		return w.win.Process.Run(ctx, kit.Pick(wasRunning, "restart", "start"))
	}, func(err error) {
		w.win.Watch.Poke()
		if isSaved {
			w.forgetDraft()
		}
		switch {
		case len(saved.Problems) > 0:
			p := saved.Problems[0]
			window.ShowResult(w.outcome, control.CheckResult{Message: p.Message, Remedy: p.Remedy})
		case !w.showError(err):
			w.begun = w.win.Now()
			w.build()
			w.win.ReloadSettings()
		}
	})
}

func (w *page) onDone() {
	w.draft, w.begun, w.typed = draft{}, time.Time{}, map[string]string{}
	w.isBuilt = false
	w.win.Open(window.Overview)
	w.forgetDraft()
}
