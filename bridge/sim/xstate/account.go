package xstate

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// Person is somebody on X. Handle has no leading "@".
type Person struct{ ID, Handle, Name string }

// The levels of Account.Access, as X's header x-access-level tells them.
const (
	ReadWriteDM = "read-write-directmessages"
	ReadWrite   = "read-write"
	ReadOnly    = "read"
)

// Account is a person that an app may act for, with the four secrets. Accounts with one consumer key belong to one
// app; the first of them owns it.
type Account struct {
	ID, Handle, Name               string
	ConsumerKey, ConsumerSecret    string
	AccessToken, AccessTokenSecret string
	// Access is what the app may do: ReadWriteDM, ReadWrite or ReadOnly. Empty means ReadWriteDM.
	Access string
}

// App is an X app.
type App struct {
	ID, Key, Secret string
	Owner           string // account id
}

// Bearer returns the app-only token: the same value each time.
func (a *App) Bearer() string {
	sum := sha256.Sum256([]byte(a.Key + "\x00" + a.Secret))
	return "AAAAAAAAAAAAAAAAAAAAA" + hex.EncodeToString(sum[:])
}

// AddAccount adds an account. What is missing of it is made up, and the whole of it returned. An account that is added
// again under its id replaces the first, with new keys.
func (x *State) AddAccount(a Account) Account {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.putPerson(Person{a.ID, a.Handle, a.Name})
	a.ID, a.Handle, a.Name = p.ID, p.Handle, p.Name
	a.ConsumerKey = cmp.Or(a.ConsumerKey, randomText(25))
	a.ConsumerSecret = cmp.Or(a.ConsumerSecret, randomText(50))
	a.AccessToken = cmp.Or(a.AccessToken, a.ID+"-"+randomText(40))
	a.AccessTokenSecret = cmp.Or(a.AccessTokenSecret, randomText(45))
	a.Access = cmp.Or(a.Access, ReadWriteDM)
	if x.apps[a.ConsumerKey] == nil {
		x.apps[a.ConsumerKey] = &App{ID: decimal(int64(10000000 + len(x.apps))), Key: a.ConsumerKey, Owner: a.ID}
	}
	x.apps[a.ConsumerKey].Secret = a.ConsumerSecret
	if old := x.FindAccount(a.ID); old != nil {
		*old = a
	} else {
		x.accounts = append(x.accounts, &a)
	}
	return a
}

// Renew gives an account a new access token, so that the old keys are refused. The caller holds the lock.
func (x *State) Renew(a *Account) { a.AccessToken = randomText(50) }

// AddPerson adds a customer. What is missing is made up, and the whole of it returned.
func (x *State) AddPerson(p Person) Person {
	x.mu.Lock()
	defer x.mu.Unlock()
	return *x.putPerson(p)
}

// Rename gives a person another handle; the id stays.
func (x *State) Rename(id, handle string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.people[id]; p != nil {
		p.Handle = handle
	}
	if a := x.FindAccount(id); a != nil {
		a.Handle = handle
	}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// randomText makes a secret of n letters and digits.
func randomText(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	text := base64.RawURLEncoding.EncodeToString(raw)
	return strings.NewReplacer("-", "a", "_", "b").Replace(text)[:n]
}
