package setup

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
)

func TestWizardMakesAVaultWhereThereIsNoKeyring(t *testing.T) {
	settings := uitest.NewEmpty()
	settings.Stored.Config.Secrets, settings.State.Used = "vault", true
	r, w := mustFirstRun(t, "", settings)
	w.goTo(stepX)
	r.MustSee("Where the keys are kept", "Create")
	r.MustNotSee("The keys of your X app")
	r.Fill("Passphrase", "one long passphrase")
	r.Fill("The same again", "another long passphrase")
	r.Press("Create")
	r.MustSee("The two passphrases are not the same.")
	r.Press("Make one for me")
	made := w.vault.Phrase.Text
	r.MustSee("Copy it to a safe place now", made)
	if len(made) != 23 || strings.Count(r.AllText(), made) != 3 { // 100 bits in four groups; shown, and filled in twice
		t.Errorf("made %q", made)
	}
	rig.Find(r, "box that keeps it", func(c *widget.Check) bool { return c.Checked })
	r.Press("Create")
	r.MustSee("The keys of your X app")
	r.MustNotSee(made)
	if settings.Phrase != made || !settings.State.Unattended {
		t.Errorf("opened with %q, %+v", settings.Phrase, settings.State)
	}
}

func TestWizardAsksForThePassphraseAtEveryStep(t *testing.T) {
	for _, step := range []int{stepX, stepMotion, stepFinish} {
		settings := uitest.NewEmpty()
		settings.Stored.Config.Secrets, settings.Phrase = "vault", "right"
		settings.State = control.VaultState{Used: true, Exists: true}
		r, w := mustFirstRun(t, "", settings)
		w.goTo(step)
		r.MustSee("Open the vault")
		r.Fill("Passphrase", "right")
		r.Press("Open")
		r.MustNotSee("Open the vault")
	}
}

func TestWizardOffersTheVaultWhereTheKeyringFails(t *testing.T) {
	settings := uitest.NewEmpty()
	settings.Broken = errors.New("this computer's keyring is locked")
	r, w := mustFirstRun(t, "", settings)
	w.goTo(stepX)
	r.MustNotSee("Use Perch's encrypted file (vault) instead")
	for _, name := range xSecrets() {
		w.typed[name] = "hush-" + name
	}
	r.Press("Check")
	r.MustSee("This computer's keyring is locked.")
	r.Press("Use Perch's encrypted file (vault) instead")
	r.MustSee("Where the keys are kept")
	r.Press("Make one for me")
	r.Press("Create")
	r.Press("Check") // what was typed is still there
	r.MustSee("You are @acme_support.")
	if w.draft.Config.Secrets != "vault" {
		t.Errorf("secrets go to the %s", w.draft.Config.Secrets)
	}
}
