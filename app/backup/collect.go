package backup

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
)

// collect puts the members into the work folder.
func (o *Options) collect(ctx context.Context, w *work, made *Made) error {
	for _, file := range []struct{ from, name string }{{o.Home.Config(), memberConfig}, {o.Home.Vault(), memberVault}} {
		err := copyFile(file.from, w.path(file.name), maxSmall)
		switch {
		case err == nil:
			made.Manifest.Members = append(made.Manifest.Members, Member{Name: file.name})
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrPermission):
			return placeError(opMake, file.from, err)
		default:
			return err
		}
	}
	if err := o.collectSecrets(ctx, w, made); err != nil {
		return err
	}
	if err := o.copyJournal(ctx, o.Home.Journal(), w); err != nil {
		return notCopied(err, filepath.Dir(o.To))
	}
	made.Manifest.Members = append(made.Manifest.Members, Member{Name: memberJournal})
	return nil
}

// copyJournal copies the journal into the work folder. On a disk that may only be read, as Linux leaves one that has shown an
// error, SQLite cannot open it; but nobody can write there, so that its files fit together, and are read elsewhere.
func (o *Options) copyJournal(ctx context.Context, journal string, w *work) error {
	// In a relay the files are never opened beside SQLite: to close them would give SQLite's locks away.
	if o.isInRelay || !isOnReadOnlyDisk(journal) {
		return sqlite.Copy(ctx, journal, w.path(memberJournal))
	}
	raw := w.path("raw")
	if err := os.Mkdir(raw, 0o700); err != nil {
		return err
	}
	ends, err := endsOf(journal)
	if err != nil {
		return err
	}
	for _, end := range append(ends, "") {
		if end == "-shm" {
			continue
		}
		err := copyFile(journal+end, filepath.Join(raw, memberJournal+end), maxJournal)
		if err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	return errors.Join(sqlite.Copy(ctx, filepath.Join(raw, memberJournal), w.path(memberJournal)), os.RemoveAll(raw))
}

func isOnReadOnlyDisk(path string) bool {
	probe, err := os.CreateTemp(filepath.Dir(target(path)), ".perch-backup-*.tmp")
	if err == nil {
		_ = errors.Join(probe.Close(), os.Remove(probe.Name())) // an empty file
	}
	return isReadOnly(err)
}

// notCopied tells a full disk of the backup from one of the journal, which is only read.
func notCopied(err error, folder string) error {
	if bridge.CodeOf(err) == bridge.CodeJournal+"full" {
		return placeError(opMake, folder, fullErrors[0])
	}
	return err
}

// collectSecrets seals what is in the keyring.
func (o *Options) collectSecrets(ctx context.Context, w *work, made *Made) error {
	if o.Keyring == nil {
		return nil
	}
	if o.Passphrase == "" {
		made.NoSecrets = true
		return nil
	}
	values, err := readSecrets(ctx, o.Keyring, func(key secret.Key) bool { return key.Channel == "" || slices.Contains(o.Channels, key.Channel) })
	if err != nil || len(values) == 0 {
		return err
	}
	made.Manifest.Members = append(made.Manifest.Members, Member{Name: memberSecrets})
	return secret.SealFile(w.path(memberSecrets), o.Passphrase, values)
}

func readSecrets(ctx context.Context, store secret.Store, isWanted func(secret.Key) bool) (map[secret.Key]string, error) {
	keys, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	values := map[secret.Key]string{}
	for _, key := range keys {
		if !isWanted(key) {
			continue
		}
		if values[key], err = store.Get(ctx, key); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// describe adds to the manifest what the copy of the journal tells.
func describe(ctx context.Context, journal string, m *Manifest) error {
	v, err := sqlite.OpenView(ctx, journal)
	if err != nil {
		return err
	}
	defer func() { _ = v.Close() }() // only read
	if m.Schema, err = v.Schema(ctx); err != nil {
		return err
	}
	if m.Rows, err = v.Rows(ctx); err != nil {
		return err
	}
	m.Channels, err = accounts(ctx, v)
	return err
}

// accounts are those that the journal knows the channels to speak for, in the order of the channels' names.
func accounts(ctx context.Context, v *sqlite.View) ([]Channel, error) {
	values, err := v.Settings(ctx, account.SettingAccount)
	if err != nil {
		return nil, err
	}
	channels := []Channel{}
	for name, value := range values {
		var known bridge.Account
		if json.Unmarshal([]byte(value), &known) == nil && known.ID != "" {
			channels = append(channels, Channel{Name: name, AccountID: known.ID, Handle: known.Handle})
		}
	}
	sortChannels(channels)
	return channels, nil
}
