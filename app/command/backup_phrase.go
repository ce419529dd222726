package command

import (
	"fmt"
	"os"

	"perch/app/backup"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/secret"
)

const opBackupPhrase = "seal the secrets of the backup"

// backupPhrase is what the keyring's secrets are sealed with in a backup; "" leaves them out.
func (p *program) backupPhrase(c *config.Config) (string, error) {
	if c == nil || c.Secrets != config.SecretsKeyring {
		return "", nil
	}
	phrase, err := p.givenPhrase()
	if err != nil || phrase != "" {
		return phrase, err
	}
	if !p.isTerminal() {
		return "", nil
	}
	p.Say("The secrets are in the keyring. A passphrase seals them for the backup; without one they are left out.\n")
	f, _ := p.In.(*os.File) // isTerminal has looked
	err = p.unseen(f, func(ask asker) error {
		phrase, err = newPhrase(ask)
		return err
	})
	return phrase, err
}

// newPhrase asks twice for a new passphrase; "" for none.
func newPhrase(ask asker) (string, error) {
	phrase, err := ask(fmt.Sprintf("Passphrase (at least %d characters; nobody can recover it; Enter leaves the secrets out): ", secret.LeastPhrase))
	if err != nil || phrase == "" {
		return "", err
	}
	if err := secret.CheckNew(phrase); err != nil {
		return "", err
	}
	again, err := ask("The same again: ")
	if err == nil && again != phrase {
		err = &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opBackupPhrase, Message: "the two passphrases are not the same", Remedy: "try again",
		}
	}
	return phrase, err
}

// givenPhrase is the one that comes without asking anybody; "" for none.
func (p *program) givenPhrase() (string, error) {
	if p.phraseOnInput {
		return p.readHidden(opBackupPhrase, "Passphrase of the backup", maxPhrase)
	}
	return backup.PassphraseFromFile()
}

// restorePhrase is what opens the secrets in a backup.
func (p *program) restorePhrase() (string, error) {
	phrase, err := p.givenPhrase()
	if err == nil && phrase == "" && p.isTerminal() {
		phrase, err = p.typed("Passphrase of the secrets in the backup: ")
	}
	if err == nil && phrase == "" {
		err = &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "restore", Message: "the secrets in the backup need their passphrase and none was given",
			Remedy: "give it with --passphrase-stdin or in the file that " + backup.EnvPassphraseFile + " names, or leave the secrets out: --without-secrets",
			Err:    secret.ErrNoPassphrase,
		}
	}
	return phrase, err
}

// typed reads a line from the terminal without showing it.
func (p *program) typed(prompt string) (text string, err error) {
	f, _ := p.In.(*os.File) // isTerminal has looked
	err = p.unseen(f, func(ask asker) error {
		text, err = ask(prompt)
		return err
	})
	return text, err
}
