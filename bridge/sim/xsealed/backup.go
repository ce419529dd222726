package xsealed

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"perch/bridge/xchat/juicebox/realm"
)

const (
	// usualPIN is the PIN of everybody who has not set another.
	usualPIN = "2580"
	// tokenLife is how long a token for the realms is good.
	tokenLife = 10 * time.Minute
	// realmPath is where the realms are on X's own address.
	realmPath = "/juicebox/"
)

// backup is where somebody's keys are kept under the PIN: three realms, two of them in secure hardware.
type backup struct {
	realms *realm.Set
	tokens map[string]time.Time // until when
}

// SetPIN keeps somebody's newest keys with three simulated realms, two of them in secure hardware, under a PIN with 20
// guesses. Without it the PIN is usualPIN.
func (x *Chats) SetPIN(userID, pin string) {
	x.Lock()
	defer x.Unlock()
	u := x.enabled(userID)
	u.pin = pin
	x.backUp(u)
}

// ChatPIN returns somebody's PIN.
func (x *Chats) ChatPIN(userID string) string {
	x.Lock()
	defer x.Unlock()
	return x.enabled(userID).pin
}

// ChatGuesses returns how many guesses of somebody's PIN were used in a row, and how many are allowed; none when the backup
// is gone. It is what the realm tells that has seen the most.
func (x *Chats) ChatGuesses(userID string) (used, allowed int) {
	for _, r := range x.ChatRealms(userID).Realms {
		if u, of := r.Guesses(userID); of == 0 || u >= used {
			used, allowed = u, of
		}
	}
	return used, allowed
}

// ChatRealms are the realms that keep somebody's keys; they can be made to lie (realm.Realm.Answer) before they are used.
func (x *Chats) ChatRealms(userID string) *realm.Set {
	x.Lock()
	defer x.Unlock()
	return x.backupOf(x.enabled(userID)).realms
}

// LoseChatBackup empties the realms of somebody's keys, as if there had been none.
func (x *Chats) LoseChatBackup(userID string) {
	x.Lock()
	defer x.Unlock()
	x.enabled(userID).backup = newBackup()
}

// backUp makes a new backup necessary. It is made when it is asked for, because it takes time.
func (*Chats) backUp(u *user) { u.backup = nil }

func newBackup() *backup {
	const threshold = 2
	set := realm.NewSet(threshold, false, true, true)
	set.Fast = true // clients that take a realm on this machine take the fast hash too
	return &backup{set, map[string]time.Time{}}
}

func (x *Chats) backupOf(u *user) *backup {
	if u.backup == nil {
		u.backup = newBackup()
		u.backup.realms.Register(u.id, []byte(u.pin), u.newest().raw, realm.MaxGuesses)
	}
	return u.backup
}

// juicebox is juicebox_config of somebody's newest record, with a new token. Old tokens run out.
func (x *Chats) juicebox(u *user) json.RawMessage {
	b := x.backupOf(u)
	for token, end := range b.tokens {
		if x.Now().After(end) {
			delete(b.tokens, token)
			for _, r := range b.realms.Realms {
				r.Revoke(token)
			}
		}
	}
	token := "eyJhbGciOiJFZERTQSJ9." + randomKey()
	b.tokens[token] = x.Now().Add(tokenLife)
	b.realms.Allow(token, u.id)
	return b.realms.Configuration(x.base()+realmPath+u.id, token)
}

// Handler serves the realms of all, and everything else by next.
func (x *Chats) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, isRealm := strings.CutPrefix(r.URL.Path, realmPath)
		id, _, _ := strings.Cut(rest, "/")
		if !isRealm {
			next.ServeHTTP(w, r)
			return
		}
		x.Lock()
		set := http.NotFoundHandler()
		if u := x.users[id]; u != nil && u.backup != nil {
			set = u.backup.realms
		}
		x.Unlock()
		http.StripPrefix(realmPath+id, set).ServeHTTP(w, r)
	})
}
