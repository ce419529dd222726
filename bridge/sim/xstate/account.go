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
type Person struct {
	ID, Handle, Name string
	Profile
}

// Profile is what X tells of a person beside that.
type Profile struct {
	// Verified is "blue", "business" or "government"; empty for nobody who is verified.
	Verified string
	// Followers is how many follow the person; 0 means some.
	Followers int
	// About is what the person says of itself.
	About string
}

// someFollowers is how many follow a person of whom nothing is said.
const someFollowers = 22

func (p Profile) followers() int { return cmp.Or(p.Followers, someFollowers) }

// about is the text as X gives it, with its three characters escaped.
func (p Profile) about() string { return escape.Replace(p.About) }

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
	// ClientID and ClientSecret are the app's for OAuth 2.0; a public client has no secret.
	ClientID, ClientSecret string
	// Access is what the app may do: ReadWriteDM, ReadWrite or ReadOnly. Empty means ReadWriteDM.
	Access string
}

// App is an X app.
type App struct {
	ID, Key, Secret string
	// ClientID and ClientSecret are for OAuth 2.0.
	ClientID, ClientSecret string
	Owner                  string // account id
}

// Bearer returns the app-only token: the same value each time.
func (a *App) Bearer() string {
	sum := sha256.Sum256([]byte(a.Key + "\x00" + a.Secret))
	return "AAAAAAAAAAAAAAAAAAAAA" + hex.EncodeToString(sum[:])
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// randomText makes a secret of n letters and digits.
func randomText(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	text := base64.RawURLEncoding.EncodeToString(raw)
	return strings.NewReplacer("-", "a", "_", "b").Replace(text)[:n]
}
