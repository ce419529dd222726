package secret

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"perch/bridge/sharing"
)

// Vault is a Store in one file that is encrypted with a passphrase (age, scrypt), readable by its owner only.
//
// The file is opened when first needed and its content kept in memory; a change made by another process is seen by
// the next call. A change replaces the file as a whole or not at all, and two processes that change it at the same time
// wait for each other (on Unix and Windows; elsewhere the later one wins). The file belongs to no computer: a copy opens anywhere.
type Vault struct {
	path       string
	passphrase Passphrase
	work       int // scrypt's work factor for writing, as a power of two

	mu     sync.Mutex
	phrase string            // "" until it has opened the file or will make a new one
	seen   os.FileInfo       // of the file that values came from; nil when there was none
	values map[string]string // by Key.String; never changed in place
}

var _ Store = (*Vault)(nil)

// NewVault returns the vault at path, which need not exist yet. It touches nothing before the first call, and asks for
// the passphrase only when there is something to open or to store.
func NewVault(path string, passphrase Passphrase) *Vault {
	return &Vault{path: path, passphrase: passphrase, work: workFactor}
}

// String keeps the values out of logs.
func (v *Vault) String() string { return "vault " + v.path }

// GoString keeps the values out of logs.
func (v *Vault) GoString() string { return v.String() }

// Get implements Store.
func (v *Vault) Get(ctx context.Context, key Key) (string, error) {
	if err := ready(ctx, opGet, key); err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.refresh(opGet); err != nil {
		return "", err
	}
	value, ok := v.values[key.String()]
	if !ok {
		return "", notSet(opGet, key)
	}
	return value, nil
}

// List implements Store. Names that only a newer Perch knows are left out, and kept.
func (v *Vault) List(ctx context.Context) ([]Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, stopped(opList, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.refresh(opList); err != nil {
		return nil, err
	}
	var keys []Key
	for text := range v.values {
		if key, err := ParseKey(text); err == nil {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return keys, nil
}

// Set implements Store.
func (v *Vault) Set(ctx context.Context, key Key, value string) error {
	if err := readyToSet(ctx, key, value); err != nil {
		return err
	}
	return v.change(ctx, opSet, func(values map[string]string) error {
		values[key.String()] = value
		return nil
	})
}

// Delete implements Store.
func (v *Vault) Delete(ctx context.Context, key Key) error {
	if err := ready(ctx, opDelete, key); err != nil {
		return err
	}
	return v.change(ctx, opDelete, func(values map[string]string) error {
		if _, ok := values[key.String()]; !ok {
			return notSet(opDelete, key)
		}
		delete(values, key.String())
		return nil
	})
}

// change writes the vault anew. Everything that may ask a person happens before the lock is taken, so that no other
// process waits for somebody to type.
func (v *Vault) change(ctx context.Context, op string, edit func(map[string]string) error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, err := v.edited(op, edit); err != nil {
		return err
	}
	if err := v.invent(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(v.path), 0o700); err != nil {
		return unwritable(op, v.path, err)
	}
	unlock, err := lockFile(ctx, op, v.path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	values, err := v.edited(op, edit)
	if err != nil {
		return err
	}
	return v.write(op, values)
}

// edited returns a changed copy of what the file holds now.
func (v *Vault) edited(op string, edit func(map[string]string) error) (map[string]string, error) {
	if err := v.refresh(op); err != nil {
		return nil, err
	}
	values := make(map[string]string, len(v.values)+1)
	maps.Copy(values, v.values)
	return values, edit(values)
}

// invent asks for the passphrase of a vault that does not exist yet.
func (v *Vault) invent() error {
	if v.phrase != "" {
		return nil
	}
	phrase, err := v.passphrase(true)
	v.phrase = phrase
	return err
}

func (v *Vault) write(op string, values map[string]string) error {
	sealed, err := seal(values, v.phrase, v.work)
	if err == nil {
		err = replaceFile(v.path, sealed)
	}
	if err != nil {
		return unwritable(op, v.path, err)
	}
	info, err := os.Stat(v.path)
	if err != nil {
		return unwritable(op, v.path, err)
	}
	v.seen, v.values = info, values
	return nil
}

// refresh reads the file when it is not the one already read.
func (v *Vault) refresh(op string) error {
	info, err := sharing.Stat(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		v.seen, v.values = nil, nil
		return nil
	}
	if err != nil {
		return unreadable(op, v.path, err)
	}
	if v.seen != nil && os.SameFile(v.seen, info) && v.seen.Size() == info.Size() && v.seen.ModTime().Equal(info.ModTime()) {
		return nil
	}
	sealed, info, err := readFile(op, v.path)
	if err != nil {
		return err
	}
	values, err := v.open(op, sealed)
	if err != nil {
		return err
	}
	v.seen, v.values = info, values
	return nil
}

// open tries the passphrase that opened the vault before, then the one that its source gives now.
func (v *Vault) open(op string, sealed []byte) (map[string]string, error) {
	if v.phrase != "" {
		values, err := unseal(sealed, v.phrase)
		if !errors.Is(err, ErrWrongPassphrase) {
			return values, explain(op, v.path, err)
		}
		v.phrase = ""
	}
	phrase, err := v.passphrase(false)
	if err != nil {
		return nil, err
	}
	values, err := unseal(sealed, phrase)
	if err != nil {
		return nil, explain(op, v.path, err)
	}
	v.phrase = phrase
	return values, nil
}
