package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"perch/app/config"
	"perch/app/version"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
)

// judge refuses what this Perch is too old for. A Perch that was built without a version is compared by the journal's form
// alone.
func judge(m *Manifest, path string) error {
	if m.Schema > sqlite.Schema() {
		return newerError(path, m.Program)
	}
	made, here := "v"+strings.TrimPrefix(m.Program, "v"), "v"+strings.TrimPrefix(version.Number, "v")
	if semver.IsValid(made) && semver.IsValid(here) && semver.Compare(made, here) > 0 {
		return newerError(path, m.Program+"; this is "+version.Number)
	}
	return nil
}

func damagedError(path string, err error) error {
	return refused(opRead, path+" is damaged", "take another backup; this one cannot be used, and nothing was changed", err)
}

// compare looks at what is here: whose it is, and what is in the journal that would be missing.
func (r *Restore) compare(ctx context.Context) error {
	copied, err := sqlite.OpenView(ctx, r.staged(memberJournal))
	if err != nil {
		return err
	}
	defer func() { _ = copied.Close() }() // only read
	present, here := r.present(ctx)
	if present != nil {
		defer func() { _ = present.Close() }() // only read
	}
	if err := r.compareAccounts(here); err != nil {
		return err
	}
	if r.Waiting, r.Unread, err = waitingOf(ctx, copied, present); err != nil || present == nil {
		return err
	}
	if r.Lost, err = missingFrom(ctx, copied, present); err == nil {
		r.Again, err = present.SettledIn(ctx, r.Manifest.Made)
	}
	if err != nil {
		r.Remarks = append(r.Remarks, "the present journal is damaged, so that nobody can tell all that in it is not in the backup; it is kept as it is")
	}
	return ctx.Err()
}

// present opens the journal that is here and tells whose this home is; nil when it is not there or cannot be read.
func (r *Restore) present(ctx context.Context) (*sqlite.View, []Channel) {
	var here []Channel
	var v *sqlite.View
	if exists(r.o.Home.Journal()) {
		var err error
		if v, err = sqlite.OpenView(ctx, r.o.Home.Journal()); err == nil {
			if here, err = accounts(ctx, v); err != nil {
				_ = v.Close() // only read
			}
		}
		if err != nil {
			v = nil
			r.Remarks = append(r.Remarks, "the present journal cannot be read, so that nobody can tell what in it is not in the backup; it is kept as it is")
		}
	}
	if len(here) == 0 && r.o.Accounts != nil {
		here = r.o.Accounts(ctx)
	}
	return v, here
}

// compareAccounts refuses a backup in which a channel of the same name is for another account, or that has none of the
// accounts that are here.
func (r *Restore) compareAccounts(here []Channel) error {
	isShared := len(here) == 0 || len(r.Manifest.Channels) == 0
	if r.o.OtherAccount {
		return nil
	}
	for _, c := range r.Manifest.Channels {
		for _, p := range here {
			if c.Name == p.Name && c.AccountID != p.AccountID {
				return otherAccountError(c, p)
			}
			isShared = isShared || c.AccountID == p.AccountID
		}
	}
	if !isShared {
		return otherAccountError(r.Manifest.Channels[0], here[0])
	}
	return nil
}

func otherAccountError(backup, here Channel) error {
	return refused(opRestore, fmt.Sprintf("the backup is of %s (channel %s), but this home is of %s (channel %s)", labelOf(backup), backup.Name, labelOf(here), here.Name),
		"take the backup of the right account, or name another folder with --home; if you mean it, restore with --other-account", nil)
}

func labelOf(c Channel) string {
	if c.Handle == "" {
		return "the account " + c.AccountID
	}
	return "@" + c.Handle
}

// readSecrets opens what is to go into the keyring.
func (r *Restore) readSecrets(ctx context.Context) error {
	if !r.Manifest.HasSecrets() || r.o.WithoutSecrets || r.o.OnlyJournal {
		return nil
	}
	phrase, err := r.o.Passphrase()
	if err != nil {
		return err
	}
	values, err := secret.UnsealFile(r.staged(memberSecrets), phrase)
	if errors.Is(err, secret.ErrWrongPassphrase) {
		return refused(opRestore, "the passphrase does not open the secrets in the backup",
			"give the one with which the backup was made, or leave the secrets out: --without-secrets; nothing was changed", err)
	}
	if err != nil {
		return err
	}
	if r.keyring, err = r.o.Keyring(); err != nil {
		return err
	}
	before, err := readSecrets(ctx, r.keyring, func(key secret.Key) bool { _, isReplaced := values[key]; return isReplaced })
	if err != nil {
		return err
	}
	r.secrets = values
	if len(before) == 0 {
		return nil
	}
	return secret.SealFile(r.staged(keptSecrets), phrase, before)
}

// checkConfig says what will be missing after the restore.
func (r *Restore) checkConfig() {
	if r.o.OnlyJournal || !r.Manifest.Has(memberConfig) {
		return
	}
	c, err := config.Load(r.staged(memberConfig))
	switch {
	case err != nil:
		r.Remarks = append(r.Remarks, "the perch.toml of the backup has mistakes: correct them before you start the relay, perch doctor names them")
	case c.Secrets == config.SecretsKeyring && !r.Manifest.HasSecrets():
		r.Remarks = append(r.Remarks, "the secrets were in the keyring of "+r.Manifest.Host+" and are not in the backup: those in the keyring here are used; store what is missing with perch secret set")
	}
}

// checkFiles makes sure that what is to be replaced can be, and looks at the passphrase that is kept for the vault.
func (r *Restore) checkFiles() error {
	if r.o.OnlyJournal {
		return nil
	}
	r.checkConfig()
	for _, f := range r.files() {
		probe, err := os.CreateTemp(filepath.Dir(f.place), ".perch-restore-*.tmp")
		if err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
		if err != nil {
			return placeError(opRestore, "the folder "+filepath.Dir(f.place), err)
		}
	}
	if !r.Manifest.HasVault() {
		return nil
	}
	if !r.o.Home.KeepsPassphrase() {
		r.Remarks = append(r.Remarks, "the vault of the backup opens with the passphrase that it had on "+day(r.Manifest.Made))
		return nil
	}
	if phrase, err := secret.ReadKept(r.o.Home.Passphrase()); err == nil {
		_, err = secret.UnsealFile(r.staged(memberVault), phrase)
		if err == nil {
			return nil
		}
	}
	r.movesPhrase = true
	r.Remarks = append(r.Remarks, "the passphrase that Perch keeps does not open the vault of the backup, and is put aside: the vault opens with the one that it had on "+
		day(r.Manifest.Made)+"; let Perch keep that with: perch secret keep")
	return nil
}

func day(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
