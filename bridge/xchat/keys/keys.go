// Package keys holds what X Chat encrypts and signs with: an account's private keys, the public keys of others, and the
// keys of conversations. It puts P-256, SHA-256, AES-GCM and XSalsa20-Poly1305 together in X's way and implements none of
// them.
//
// It guarantees that no value that holds a private key or a conversation's key shows it in fmt, log/slog, encoding/json
// or an error, in whatever structure it stands; that a Record exists only if the binding of its keys was verified; that a
// point is on its curve and a scalar within its range before it is used; that every length is checked before anything is
// allocated; and that nothing from outside makes it panic. Reveal alone gives a secret out, to be stored.
package keys

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// What can be wrong. None of them holds anything of a key.
var (
	ErrBase64    = errors.New("it is not base64")
	ErrPoint     = errors.New("it is not a public key of P-256")
	ErrBinding   = errors.New("the keys of the record are not bound to each other: its signature is wrong")
	ErrVersion   = errors.New("a version of a key is not a decimal number")
	ErrUnwrap    = errors.New("the conversation's key does not open with these private keys")
	ErrBox       = errors.New("it does not open with this conversation's key")
	ErrReadOnly  = errors.New("the signing key is missing: with 32 bytes, messages can be read, but not written")
	ErrSignature = errors.New("the signature is wrong")
)

// hidden is what stands for a secret wherever it would be shown.
const hidden = "(secret)"

// silent keeps a type that holds a secret from being shown by any of the usual ways. What it is embedded in holds its
// secret within a function: fmt and whatever else reflects looks into unexported fields without asking.
type silent struct{}

// String implements fmt.Stringer.
func (silent) String() string { return hidden }

// Format implements fmt.Formatter, for every verb and flag.
func (silent) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue implements slog.LogValuer.
func (silent) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler, and so what JSON and TOML show.
func (silent) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// maxBase64 is how long a base64 text may be that holds a key or a signature (bytes). The longest is a wrapped
// conversation key: 152.
const maxBase64 = 1024

// decode reads base64 in the standard alphabet, padded or not.
func decode(text string) ([]byte, error) {
	if len(text) > maxBase64 {
		return nil, ErrBase64
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, ErrBase64
	}
	return raw, nil
}
