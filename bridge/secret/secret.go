// Package secret keeps the keys, passwords and tokens that Perch needs, apart from its configuration.
//
// Three stores meet one interface: Keyring is the operating system's, Vault an encrypted file for computers that have
// none, Memory is for tests and the demo.
//
// The package guarantees that a value never appears in an error, a log record or the text form of a store; that a key
// outside the closed list of names is refused before anything is touched; and that every error is a *bridge.Error
// whose words tell the admin what to do. A missing secret, a wrong passphrase and a damaged file are different errors.
package secret

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// MaxValue is the longest value a store takes, in bytes. Windows' keyring holds no more than 2,560.
const MaxValue = 2048

// Store holds secrets by key. Implementations are safe for concurrent use, by several processes too. Every error is
// a *bridge.Error: Invalid for a key that is not on the list and for a value that is empty or too long, Operator for
// what the admin has to put right.
type Store interface {
	// Get returns a value; an error that wraps ErrNotSet when there is none.
	Get(ctx context.Context, key Key) (string, error)
	// Set stores a value, replacing the one before. It is on disk when Set returns.
	Set(ctx context.Context, key Key, value string) error
	// Delete removes a value; an error that wraps ErrNotSet when there is none.
	Delete(ctx context.Context, key Key) error
	// List returns the keys that have a value, the global ones first, then by channel and name.
	List(ctx context.Context) ([]Key, error)
}

// What can be wrong, for errors.Is.
var (
	// ErrNotSet marks a secret that has no value.
	ErrNotSet = errors.New("no value is stored")
	// ErrNoPassphrase marks a vault whose passphrase nobody gave.
	ErrNoPassphrase = errors.New("no passphrase")
	// ErrWrongPassphrase marks a passphrase that does not open the vault.
	ErrWrongPassphrase = errors.New("wrong passphrase")
	// ErrDamaged marks a file that is not a vault, or no longer a whole one.
	ErrDamaged = errors.New("not a whole vault")
	// ErrUnavailable marks a keyring that this computer does not have, or that stays locked.
	ErrUnavailable = errors.New("no keyring")
)

func notSet(op string, key Key) error {
	return failed(op, fmt.Sprintf("the secret %s is not set", key), "store it with: "+key.command(), ErrNotSet)
}

// Operations, in words.
const (
	opGet    = "read secret"
	opSet    = "store secret"
	opDelete = "delete secret"
	opList   = "list secrets"
)

// ready refuses what no store may be asked.
func ready(ctx context.Context, op string, key Key) error {
	if err := ctx.Err(); err != nil {
		return stopped(op, err)
	}
	return key.check(op)
}

func readyToSet(ctx context.Context, key Key, value string) error {
	switch err := ready(ctx, opSet, key); {
	case err != nil:
		return err
	case value == "":
		return invalid(opSet, fmt.Sprintf("the value of %s is empty", key), "give a value; to remove one, delete it")
	case len(value) > MaxValue:
		return invalid(opSet, fmt.Sprintf("the value of %s is longer than %d bytes", key, MaxValue), "check that it is the right one")
	}
	return nil
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Name, b.Name))
}
