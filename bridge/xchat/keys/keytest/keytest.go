// Package keytest makes keys of encrypted chat for tests: of nobody, and other ones each time.
package keytest

import (
	"crypto/rand"
	"encoding/base64"
	"testing"

	"perch/bridge/xchat/keys"
)

// Private makes an account's private keys.
func Private(t testing.TB) keys.Private {
	t.Helper()
	raw := make([]byte, 64)
	_, _ = rand.Read(raw)
	raw[0], raw[32] = 1, 1 // within the range of the curve
	private, err := keys.ParsePrivate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// Row is a version of their public keys as X gives it, with its binding.
func Row(t testing.TB, private keys.Private, version string) keys.Row {
	t.Helper()
	binding, err := private.Sign(private.Identity().SPKI())
	if err != nil {
		t.Fatal(err)
	}
	return keys.Row{
		Version: version, Identity: private.Identity().String(), Signing: private.Signing().String(), Binding: base64.StdEncoding.EncodeToString(binding),
	}
}

// JSON is the row in the form of X's answer (GET /2/users/:id/public_keys).
func JSON(row keys.Row) map[string]any {
	return map[string]any{
		"public_key_version": row.Version, "public_key": row.Identity, "signing_public_key": row.Signing, "identity_public_key_signature": row.Binding,
	}
}
