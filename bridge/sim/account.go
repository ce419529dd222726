package sim

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

// app is an X app.
type app struct {
	id, key, secret string
	owner           string // account id
}

// bearer returns the app-only token: the same value each time.
func (a *app) bearer() string {
	sum := sha256.Sum256([]byte(a.key + "\x00" + a.secret))
	return "AAAAAAAAAAAAAAAAAAAAA" + hex.EncodeToString(sum[:])
}

// AddAccount adds an account. What is missing of it is made up, and the whole of it returned. An account that is added
// again under its id replaces the first, with new keys.
func (x *X) AddAccount(a Account) Account {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.person(Person{a.ID, a.Handle, a.Name})
	a.ID, a.Handle, a.Name = p.ID, p.Handle, p.Name
	a.ConsumerKey = cmp.Or(a.ConsumerKey, randomText(25))
	a.ConsumerSecret = cmp.Or(a.ConsumerSecret, randomText(50))
	a.AccessToken = cmp.Or(a.AccessToken, a.ID+"-"+randomText(40))
	a.AccessTokenSecret = cmp.Or(a.AccessTokenSecret, randomText(45))
	a.Access = cmp.Or(a.Access, ReadWriteDM)
	if x.apps[a.ConsumerKey] == nil {
		x.apps[a.ConsumerKey] = &app{id: decimal(int64(10000000 + len(x.apps))), key: a.ConsumerKey, owner: a.ID}
	}
	x.apps[a.ConsumerKey].secret = a.ConsumerSecret
	if old := x.account(a.ID); old != nil {
		*old = a
	} else {
		x.accounts = append(x.accounts, &a)
	}
	return a
}

// AddPerson adds a customer. What is missing is made up, and the whole of it returned.
func (x *X) AddPerson(p Person) Person {
	x.mu.Lock()
	defer x.mu.Unlock()
	return *x.person(p)
}

// Rename gives a person another handle; the id stays.
func (x *X) Rename(id, handle string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.people[id]; p != nil {
		p.Handle = handle
	}
	if a := x.account(id); a != nil {
		a.Handle = handle
	}
}

// person adds or changes somebody. The caller holds mu.
func (x *X) person(p Person) *Person {
	number := decimal(int64(3001969357 + 7919*len(x.people)))
	p.ID = cmp.Or(p.ID, number)
	p.Handle = cmp.Or(p.Handle, "user"+p.ID[max(0, len(p.ID)-9):])
	p.Name = cmp.Or(p.Name, p.Handle)
	x.people[p.ID] = &p
	return &p
}

// account finds an account by id; nil when there is none. The caller holds mu.
func (x *X) account(id string) *Account {
	for _, a := range x.accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// byHandle finds a person without regard to case; nil when there is none. The caller holds mu.
func (x *X) byHandle(handle string) *Person {
	for _, p := range x.people {
		if strings.EqualFold(p.Handle, handle) {
			return p
		}
	}
	return nil
}

// known returns the person, or a nameless one for an unknown id. The caller holds mu.
func (x *X) known(id string) Person {
	if p := x.people[id]; p != nil {
		return *p
	}
	return Person{ID: id, Handle: id, Name: id}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// randomText makes a secret of n letters and digits.
func randomText(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	text := base64.RawURLEncoding.EncodeToString(raw)
	return strings.NewReplacer("-", "a", "_", "b").Replace(text)[:n]
}
