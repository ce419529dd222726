package xsealed

import (
	"crypto/ecdh"
	"crypto/ecdsa"
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
