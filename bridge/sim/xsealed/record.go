package xsealed

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"

	"perch/bridge/xchat/keys"
)

// newVersion makes a record of private keys; nil when they are none.
func (x *Chats) newVersion(raw []byte) *version {
	private, err := keys.ParsePrivate(raw)
	if err != nil {
		return nil
	}
	identity, err := ecdh.P256().NewPrivateKey(raw[:32])
	if err != nil {
		return nil
	}
	signing, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw[32:])
	if err != nil {
		return nil
	}
	binding, err := private.Sign(private.Identity().SPKI())
	if err != nil {
		return nil
	}
	return &version{x.newNumber(), bytes.Clone(raw), private, identity, &signing.PublicKey, b64(binding)}
}

// newNumber makes the version of a key: the time in milliseconds, above all before.
func (x *Chats) newNumber() string {
	x.last = max(x.last+1, x.Now().UnixMilli())
	return decimal(x.last)
}

// Rows are somebody's records as X gives them, newest first; with where the keys can be got back, for the owner. The caller
// holds the lock.
func (x *Chats) Rows(id string, isOwn bool) []map[string]any {
	rows := []map[string]any{}
	u := x.users[id]
	if u == nil {
		return rows
	}
	for i := len(u.versions) - 1; i >= 0; i-- {
		v := u.versions[i]
		row := map[string]any{
			"public_key_version": v.number, "public_key": v.private.Identity().String(), "signing_public_key": v.private.Signing().String(),
			"identity_public_key_signature": v.binding,
		}
		if isOwn {
			row["juicebox_config"] = nil
			if v == u.newest() {
				row["juicebox_config"] = x.juicebox(u)
			}
		}
		rows = append(rows, row)
	}
	return rows
}
