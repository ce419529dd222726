package xsealed

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"

	"perch/bridge/xchat/keys"
)

// user is somebody who has set up encrypted chat.
type user struct {
	id       string
	versions []*version // oldest first
	pin      string
	backup   *backup
}

// version is one pair of pairs of keys, with its record.
type version struct {
	number   string
	raw      []byte
	private  keys.Private
	identity *ecdh.PrivateKey
	signing  *ecdsa.PublicKey
	binding  string
}

// blobSize is how long the private keys of somebody are (bytes): to read with and to sign with.
const blobSize = 64

// EnableChat gives somebody keys of encrypted chat, or new ones beside those before, as the X app does at its first use and after
// a reset. It returns the private keys in the form in which an admin imports them: base64 of 64 bytes. Old records stay.
func (x *Chats) EnableChat(userID string) string {
	x.Lock()
	defer x.Unlock()
	u := x.put(userID)
	x.renew(u)
	return b64(u.newest().raw)
}

// EnableChatWith is EnableChat with keys that the caller has: base64 of 64 bytes. It reports false for what
// are no keys.
func (x *Chats) EnableChatWith(userID, blob string) bool {
	x.Lock()
	defer x.Unlock()
	raw, err := base64.StdEncoding.DecodeString(blob)
	if err != nil || len(raw) != blobSize {
		return false
	}
	v := x.newVersion(raw)
	if v == nil {
		return false
	}
	u := x.put(userID)
	u.versions = append(u.versions, v)
	x.backUp(u)
	return true
}

// ForgetChatRecords takes all of somebody's records back but the newest.
func (x *Chats) ForgetChatRecords(userID string) {
	x.Lock()
	defer x.Unlock()
	u := x.enabled(userID)
	u.versions = u.versions[len(u.versions)-1:]
}

// DisableChat takes somebody's records away, as after leaving X.
func (x *Chats) DisableChat(userID string) {
	x.Lock()
	defer x.Unlock()
	delete(x.users, userID)
}

// BreakChatRecord spoils the binding of somebody's newest record.
func (x *Chats) BreakChatRecord(userID string) {
	x.Lock()
	defer x.Unlock()
	v := x.enabled(userID).newest()
	raw, _ := base64.StdEncoding.DecodeString(v.binding)
	raw[40] ^= 1
	v.binding = b64(raw)
}

// ExportChatKeys gives out the newest private keys of somebody as EnableChat does, who has keys from then on.
func (x *Chats) ExportChatKeys(userID string) string {
	x.Lock()
	defer x.Unlock()
	return b64(x.enabled(userID).newest().raw)
}

// ChatVersion is the version of somebody's newest record.
func (x *Chats) ChatVersion(userID string) string {
	x.Lock()
	defer x.Unlock()
	return x.enabled(userID).newest().number
}

func (u *user) newest() *version { return u.versions[len(u.versions)-1] }

func (u *user) version(number string) *version {
	for _, v := range u.versions {
		if v.number == number {
			return v
		}
	}
	return nil
}

func (x *Chats) put(id string) *user {
	if x.users[id] == nil {
		x.users[id] = &user{id: id, pin: usualPIN}
	}
	return x.users[id]
}

func (x *Chats) enabled(id string) *user {
	u := x.put(id)
	if len(u.versions) == 0 {
		x.renew(u)
	}
	return u
}

func (x *Chats) renew(u *user) {
	var v *version
	for raw := make([]byte, blobSize); v == nil; v = x.newVersion(raw) {
		_, _ = rand.Read(raw) // never fails
	}
	u.versions = append(u.versions, v)
	x.backUp(u)
}

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
