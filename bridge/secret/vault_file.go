package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"filippo.io/age"

	"perch/bridge/sharing"
)

const (
	// workFactor is scrypt's cost, as a power of two: opening takes at most 200 ms on two cores. The passphrase is
	// meant to be long or to come from the system, so that guessing is hopeless at this cost too.
	workFactor = 15
	// maxWorkFactor is the most that a file from elsewhere may demand; it takes a few seconds and 1 GiB.
	maxWorkFactor = 20
	// maxVault is the largest file that is read, in bytes.
	maxVault = 1 << 20
)

var (
	errTooCostly = errors.New("it demands more computing than Perch allows")
	errNoTable   = errors.New("its content is not a table of secrets")
)

// identity is a passphrase that looks at the file's demands before it computes anything.
type identity struct{ *age.ScryptIdentity }

// Unwrap implements age.Identity.
func (i identity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != "scrypt" {
		return nil, errors.New("it is not locked with a passphrase")
	}
	if args := stanzas[0].Args; len(args) == 2 {
		if work, err := strconv.Atoi(args[1]); err == nil && work > maxWorkFactor {
			return nil, errTooCostly
		}
	}
	return i.ScryptIdentity.Unwrap(stanzas)
}

func seal(values map[string]string, phrase string, work int) ([]byte, error) {
	plain, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	recipient, err := age.NewScryptRecipient(phrase)
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(work)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if sealed.Len() > maxVault {
		return nil, fmt.Errorf("the vault would be larger than %d bytes", maxVault)
	}
	return sealed.Bytes(), nil
}

// unseal wraps ErrWrongPassphrase or ErrDamaged. A cause that could quote the content is left out.
func unseal(sealed []byte, phrase string) (map[string]string, error) {
	scrypt, err := age.NewScryptIdentity(phrase)
	if err != nil {
		return nil, ErrWrongPassphrase // it is empty
	}
	scrypt.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(sealed), identity{scrypt})
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, ErrWrongPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxVault))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var values map[string]string
	if json.Unmarshal(plain, &values) != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, errNoTable)
	}
	return values, nil
}

func readFile(op, path string) ([]byte, os.FileInfo, error) {
	f, err := sharing.Open(path)
	if err != nil {
		return nil, nil, unreadable(op, path, err)
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, nil, unreadable(op, path, err)
	}
	sealed, err := io.ReadAll(io.LimitReader(f, maxVault+1))
	if err != nil {
		return nil, nil, unreadable(op, path, err)
	}
	if len(sealed) > maxVault {
		return nil, nil, explain(op, path, fmt.Errorf("%w: it is larger than %d bytes", ErrDamaged, maxVault))
	}
	return sealed, info, nil
}

// replaceFile puts data at path, all of it or nothing, and returns when it is on disk.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = sharing.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return sharing.SyncFolder(filepath.Dir(path))
}

func unreadable(op, path string, cause error) error {
	return failed(op, "the vault of secrets "+path+" cannot be read", "let the account that runs Perch read and write this file and its folder", cause)
}

func unwritable(op, path string, cause error) error {
	return failed(op, "the vault of secrets "+path+" cannot be written",
		"let the account that runs Perch write this file and its folder, and see that the disk is not full", cause)
}

// explain puts into words what unseal found; nil stays nil.
func explain(op, path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrWrongPassphrase):
		return failed(op, "the passphrase does not open the vault of secrets "+path,
			"give the passphrase with which the vault was made; if it is lost, move the file away and store the secrets again", err)
	case errors.Is(err, errTooCostly):
		return failed(op, "the vault of secrets "+path+" was not made by Perch: opening it would take too much computing",
			"move the file away and store the secrets again", err)
	}
	return failed(op, "the vault of secrets "+path+" is damaged",
		"put back a copy of the file, or move it away and store the secrets again", err)
}
