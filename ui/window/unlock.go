package window

import "perch/ui/kit"

// IsLocked reports whether nothing on this computer can open the vault without a person.
func (w *Window) IsLocked() bool { return w.VaultState.Used && !w.VaultState.Open }

// Unlock asks for the vault's passphrase, and goes on when it was right.
func (w *Window) Unlock(then func()) {
	outcome := kit.NewNotice()
	var f *Passphrase
	var yes *kit.Button
	submit := func() {
		yes.Enabled(false)
		mine := w.dialog
		w.Watch.Do(f.Submit(), func(err error) {
			yes.Enabled(true)
			if err != nil {
				ShowResult(outcome, f.Explain(err))
				return
			}
			w.VaultState.Open = true
			w.ReloadSettings()
			if w.dialog == mine && w.CloseDialog() { // whoever closed it meanwhile wants nothing more
				then()
			}
		})
	}
	title, about, word := "window.vault.locked.title", "window.vault.locked", "window.vault.open"
	if !w.VaultState.Exists {
		title, about, word = "window.vault.new.title", "window.vault.new", "window.vault.create"
	}
	yes = kit.NewButton(w.T(word), "key", kit.Strong, submit)
	f = NewPassphrase(w, !w.VaultState.Exists, submit)
	f.Changed = outcome.Hide
	w.Ask(w.T(title), kit.VStack(12, kit.NewParagraph(w.T(about), kit.TextBody, kit.Muted), f.Content, outcome), yes)
	w.Canvas().Focus(f.Phrase)
}
