package xstate

import (
	"crypto/hmac"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// FindAccount finds an account by id; nil when there is none. The caller holds the lock.
func (x *State) FindAccount(id string) *Account {
	for _, a := range x.accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// ByHandle finds a person without regard to case; nil when there is none. The caller holds the lock.
func (x *State) ByHandle(handle string) *Person {
	for _, p := range x.people {
		if strings.EqualFold(p.Handle, handle) {
			return p
		}
	}
	return nil
}

// Known returns the person, or a nameless one for an unknown id. The caller holds the lock.
func (x *State) Known(id string) Person {
	if p := x.people[id]; p != nil {
		return *p
	}
	return Person{ID: id, Handle: id, Name: id}
}

// Person finds a person by id; nil when there is none. The caller holds the lock.
func (x *State) Person(id string) *Person { return x.people[id] }

// Accounts returns the accounts in the order in which they were added. The caller holds the lock.
func (x *State) Accounts() []*Account { return x.accounts }

// AccountByToken finds the account whose keys these are; nil when there is none. The caller holds the lock.
func (x *State) AccountByToken(consumerKey, token string) *Account {
	for _, a := range x.accounts {
		if a.AccessToken == token && a.ConsumerKey == consumerKey {
			return a
		}
	}
	return nil
}

// App finds an app by its consumer key; nil when there is none. The caller holds the lock.
func (x *State) App(consumerKey string) *App { return x.apps[consumerKey] }

// AppByClient finds an app by its OAuth 2.0 client id; nil when there is none. The caller holds the lock.
func (x *State) AppByClient(id string) *App {
	for _, a := range x.apps {
		if a.ClientID == id {
			return a
		}
	}
	return nil
}

// AppByBearer finds the app whose token it is; nil when there is none. The caller holds the lock.
func (x *State) AppByBearer(token string) *App {
	for _, a := range x.apps {
		if hmac.Equal([]byte(a.Bearer()), []byte(token)) {
			return a
		}
	}
	return nil
}

// FindDM finds a message of an account; nil when there is none. The caller holds the lock.
func (x *State) FindDM(account, id string) *DM {
	for _, d := range x.dms {
		if d.ID == id && d.Concerns(account) {
			return d
		}
	}
	return nil
}

// dmAge is how far back direct messages are listed (X docs: direct messages lookup).
const dmAge = 30 * 24 * time.Hour

// RecentDMs returns the messages of an account that pass, newest first. The caller holds the lock.
func (x *State) RecentDMs(account string, passes func(*DM) bool) []*DM {
	var found []*DM
	for _, d := range slices.Backward(x.dms) {
		if d.Concerns(account) && passes(d) && x.Now().Sub(d.At) < dmAge {
			found = append(found, d)
		}
	}
	return found
}

// Posts returns the posts that pass, newest first, at most n of them; 0 means all. The caller holds the lock.
func (x *State) Posts(n int, passes func(*Tweet) bool) []*Tweet {
	var found []*Tweet
	for _, p := range slices.Backward(x.posts) {
		if (n == 0 || len(found) < n) && !p.isDeleted && passes(p) {
			found = append(found, p)
		}
	}
	return found
}

// longNumber is an id of X in an address.
var longNumber = regexp.MustCompile(`[0-9]{15,20}`)

// About is what stands behind an address: a file, or the texts of the message or post.
func (x *State) About(address *url.URL) []byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	if file := x.files[address.Path]; file != nil {
		return file.Data
	}
	var all []byte
	for _, id := range longNumber.FindAllString(address.RequestURI(), -1) {
		if p := x.FindPost(id); p != nil {
			all = append(all, p.typed...)
		}
		for _, d := range x.dms {
			if d.ID == id {
				all = append(all, d.typed...)
			}
		}
	}
	return all
}

// FindPost finds a post by id; nil when there is none. The caller holds the lock.
func (x *State) FindPost(id string) *Tweet {
	for _, p := range slices.Backward(x.posts) {
		if p.ID == id && !p.isDeleted {
			return p
		}
	}
	return nil
}

// mentions finds the handles of known people in a text. The caller holds the lock.
func (x *State) mentions(text string) []Mention {
	var found []Mention
	for _, at := range mentionPattern.FindAllStringSubmatchIndex(text, -1) {
		if p := x.ByHandle(text[at[2]:at[3]]); p != nil {
			start := utf8.RuneCountInString(text[:at[2]]) - 1
			found = append(found, Mention{start, start + 1 + at[3] - at[2], *p})
		}
	}
	return found
}
