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
	yes = kit.NewButton(w.T("window.vault.open"), "key", kit.Strong, submit)
	f = NewPassphrase(w, !w.VaultState.Exists, submit)
	about := kit.NewParagraph(w.T("window.vault.locked"), kit.TextBody, kit.Muted)
	w.Ask(w.T("window.vault.locked.title"), kit.VStack(12, about, f.Content, outcome), yes)
	w.Canvas().Focus(f.Phrase)
}
