package ui

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/kit"
)

// vaultForm asks for the passphrase of the vault, or for one for a vault that is still to be made.
type vaultForm struct {
	u       *UI
	content *fyne.Container
	phrase  *kit.Entry
	again   *kit.Entry // nil where the vault is there
	keep    *widget.Check
	made    *fyne.Container
}

// madeLength is how many characters of base 32 a passphrase has that Perch makes: 100 bits.
const madeLength = 20

func newVaultForm(u *UI, isNew bool, submitted func()) *vaultForm {
	f := &vaultForm{u: u, phrase: kit.NewSecretEntry(u.t("window.vault.phrase")), made: kit.VStack(6)}
	f.phrase.OnSubmitted = func(string) { submitted() }
	f.keep = widget.NewCheck(u.t("window.vault.keep"), nil)
	f.keep.Checked = isNew
	f.content = kit.VStack(10, f.phrase)
	if isNew {
		f.again = kit.NewSecretEntry(u.t("window.vault.again"))
		f.again.OnSubmitted = f.phrase.OnSubmitted
		f.content.Add(f.again)
		f.content.Add(kit.HStack(0, kit.NewButton(u.t("window.vault.make"), "restart", kit.Plain, f.onMake).Small(), kit.Space()))
		f.content.Add(f.made)
	}
	f.content.Add(f.keep)
	f.content.Add(kit.NewParagraph(u.t("window.vault.keep.help"), kit.TextSmall, kit.Muted))
	return f
}

// onMake fills in a passphrase and shows it, because it has to be written down.
func (f *vaultForm) onMake() {
	var groups []string
	for text := strings.ToLower(rand.Text()[:madeLength]); text != ""; text = text[5:] {
		groups = append(groups, text[:5])
	}
	phrase := strings.Join(groups, "-")
	f.phrase.SetText(phrase)
	f.again.SetText(phrase)
	text := kit.NewText(phrase, kit.TextBody, kit.Ink)
	text.Mono = true
	box := container.NewStack(kit.NewGround(kit.Sunken, "", 7), kit.Pad(text, 6, 10))
	button := kit.NewButton(f.u.t("window.copy"), "copy", kit.Plain, func() { f.u.copy(phrase) }).Small()
	f.made.Objects = []fyne.CanvasObject{
		kit.HStack(kit.Gap, box, kit.Middle(button), kit.Space()), kit.NewParagraph(f.u.t("window.vault.made.do"), kit.TextSmall, kit.Muted),
	}
	f.made.Refresh()
}

var errNotTheSame = errors.New("the passphrases differ")

// open hands the passphrase over. It returns a function for the background, with what was typed now.
func (f *vaultForm) open() func(context.Context) error {
	phrase, isSame, keep := f.phrase.Text, f.again == nil || f.again.Text == f.phrase.Text, f.keep.Checked
	return func(ctx context.Context) error {
		if !isSame {
			return errNotTheSame
		}
		return f.u.Vault.OpenVault(ctx, phrase, keep)
	}
}

// wrong words what open returned.
func (f *vaultForm) wrong(err error) control.CheckResult {
	if errors.Is(err, errNotTheSame) {
		return control.CheckResult{Message: f.u.t("window.vault.differ"), Remedy: f.u.t("window.vault.differ.do")}
	}
	message, remedy := control.Words(err)
	return control.CheckResult{Message: message, Remedy: remedy}
}

// isLocked reports whether nothing on this computer can open the vault without a person.
func (u *UI) isLocked() bool { return u.vault.Used && !u.vault.Open }

// unlock asks for the vault's passphrase, and goes on when it was right.
func (u *UI) unlock(then func()) {
	outcome := kit.NewNotice()
	var f *vaultForm
	var yes *kit.Button
	submit := func() {
		yes.Enabled(false)
		mine := u.dialog
		u.watch.Do(f.open(), func(err error) {
			yes.Enabled(true)
			if err != nil {
				showResult(outcome, f.wrong(err))
				return
			}
			u.vault.Open = true
			u.reloadSettings()
			if u.dialog == mine && u.closeDialog() { // whoever closed it meanwhile wants nothing more
				then()
			}
		})
	}
	yes = kit.NewButton(u.t("window.vault.open"), "key", kit.Strong, submit)
	f = newVaultForm(u, !u.vault.Exists, submit)
	about := kit.NewParagraph(u.t("window.vault.locked"), kit.TextBody, kit.Muted)
	u.ask(u.t("window.vault.locked.title"), kit.VStack(12, about, f.content, outcome), yes)
	u.window.Canvas().Focus(f.phrase)
}
