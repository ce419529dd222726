package window

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

// Passphrase asks for the passphrase of the vault, or for one for a vault that is still to be made.
type Passphrase struct {
	// Content is the form, and Phrase its first entry.
	Content *fyne.Container
	Phrase  *kit.Entry
	// Changed is called when something else was typed or made: what was said about the one before does not hold any more.
	Changed func()

	w     *Window
	again *kit.Entry // nil where the vault is there
	keep  *widget.Check
	made  *fyne.Container
}

// madeLength is how many characters of base 32 a passphrase has that Perch makes: 100 bits.
const madeLength = 20

// NewPassphrase returns the form for a vault that is there or, with isNew, for one to be made.
func NewPassphrase(w *Window, isNew bool, submitted func()) *Passphrase {
	hint := w.T("window.vault.phrase")
	if isNew && w.VaultState.Least > 0 {
		hint = w.T("window.vault.phrase.new", w.VaultState.Least)
	}
	f := &Passphrase{w: w, Phrase: kit.NewSecretEntry(hint), made: kit.VStack(6), Changed: func() {}}
	f.Phrase.OnSubmitted = func(string) { submitted() }
	f.Phrase.OnChanged = func(string) { f.Changed() }
	f.keep = widget.NewCheck(w.T("window.vault.keep"), nil)
	f.keep.Checked = isNew
	f.Content = kit.VStack(10, f.Phrase)
	if isNew {
		f.again = kit.NewSecretEntry(w.T("window.vault.again"))
		f.again.OnSubmitted, f.again.OnChanged = f.Phrase.OnSubmitted, f.Phrase.OnChanged
		f.Content.Add(f.again)
		f.Content.Add(kit.HStack(0, kit.NewButton(w.T("window.vault.make"), "restart", kit.Plain, f.onMake).Small(), kit.Space()))
		f.Content.Add(f.made)
	}
	f.Content.Add(f.keep)
	f.Content.Add(kit.NewParagraph(w.T("window.vault.keep.help"), kit.TextSmall, kit.Muted))
	return f
}

// IsNew reports whether the vault is still to be made.
func (f *Passphrase) IsNew() bool { return f.again != nil }

// onMake fills in a passphrase and shows it, because it has to be written down.
func (f *Passphrase) onMake() {
	var groups []string
	for text := strings.ToLower(rand.Text()[:madeLength]); text != ""; text = text[5:] {
		groups = append(groups, text[:5])
	}
	phrase := strings.Join(groups, "-")
	f.Phrase.SetText(phrase)
	f.again.SetText(phrase)
	text := kit.NewText(phrase, kit.TextBody, kit.Ink)
	text.Mono = true
	box := container.NewStack(kit.NewGround(kit.Sunken, "", 7), kit.Pad(text, 6, 10))
	button := kit.NewButton(f.w.T("window.copy"), "copy", kit.Plain, func() { f.w.Copy(phrase) }).Small()
	f.made.Objects = []fyne.CanvasObject{
		kit.HStack(kit.Gap, box, kit.Middle(button), kit.Space()), kit.NewParagraph(f.w.T("window.vault.made.do"), kit.TextSmall, kit.Muted),
	}
	f.made.Refresh()
}

var errNotTheSame = errors.New("the passphrases differ")

// Submit hands the passphrase over. It returns a function for the background, with what was typed now.
func (f *Passphrase) Submit() func(context.Context) error {
	phrase, isSame, keep := f.Phrase.Text, f.again == nil || f.again.Text == f.Phrase.Text, f.keep.Checked
	return func(ctx context.Context) error {
		if !isSame {
			return errNotTheSame
		}
		return f.w.Vault.OpenVault(ctx, phrase, keep)
	}
}

// Explain words what Submit has returned.
func (f *Passphrase) Explain(err error) control.CheckResult {
	if errors.Is(err, errNotTheSame) {
		return control.CheckResult{Message: f.w.T("window.vault.differ"), Remedy: f.w.T("window.vault.differ.do")}
	}
	message, remedy := f.w.Explain(err)
	return control.CheckResult{Message: message, Remedy: remedy}
}
