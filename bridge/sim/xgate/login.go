package xgate

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// How long what OAuth 2.0 gives out is good (X docs: OAuth 2.0).
const (
	codeLife  = 30 * time.Second
	loginLife = 2 * time.Hour
)

// logins are what was given out by OAuth 2.0. They are under the State's lock.
type logins struct {
	codes     map[string]*code
	access    map[string]*login
	refresh   map[string]*login // one that is good
	spent     map[string]bool   // refresh tokens that were used
	reused    int
	isDenied  bool
	signedIn  string   // who sits before the browser; "" for the app's owner
	callbacks []string // nil for any
}

// code waits to be exchanged for tokens.
type code struct {
	login

	redirect, challenge string
}

// login is what an account has allowed an app.
type login struct {
	account, client string
	scopes          []string
	end             time.Time
}

func newLogins() logins {
	return logins{codes: map[string]*code{}, access: map[string]*login{}, refresh: map[string]*login{}, spent: map[string]bool{}}
}

// DenyLogins lets whoever is asked to allow an OAuth 2.0 login say no from now on, or yes again.
func (x *Gate) DenyLogins(is bool) {
	x.Lock()
	defer x.Unlock()
	x.logins.isDenied = is
}

// SignIn says whose account is open in the browser in which OAuth 2.0 logins are allowed; "" means the app's owner.
func (x *Gate) SignIn(accountID string) {
	x.Lock()
	defer x.Unlock()
	x.logins.signedIn = accountID
}

// SetCallbacks sets the addresses that are registered for OAuth 2.0 logins; without any, /callback on this machine is, at
// every port.
func (x *Gate) SetCallbacks(addresses ...string) {
	x.Lock()
	defer x.Unlock()
	x.logins.callbacks = addresses
}

// EndLogins takes back all OAuth 2.0 logins of an account.
func (x *Gate) EndLogins(accountID string) {
	x.Lock()
	defer x.Unlock()
	for _, all := range []map[string]*login{x.logins.access, x.logins.refresh} {
		for token, l := range all {
			if l.account == accountID {
				delete(all, token)
			}
		}
	}
}

// EndAccessTokens ends all access tokens of OAuth 2.0 before their time; refresh tokens stay.
func (x *Gate) EndAccessTokens() {
	x.Lock()
	defer x.Unlock()
	for _, l := range x.logins.access {
		l.end = x.Now()
	}
}

// ReusedRefreshTokens returns how often a refresh token was shown that had been used before.
func (x *Gate) ReusedRefreshTokens() int {
	x.Lock()
	defer x.Unlock()
	return x.logins.reused
}

// ClientID is the OAuth 2.0 client id of an account's app.
func (x *Gate) ClientID(accountID string) string {
	x.Lock()
	defer x.Unlock()
	if a := x.FindAccount(accountID); a != nil {
		return x.App(a.ConsumerKey).ClientID
	}
	return ""
}

// Login makes tokens as a login in the browser would, for an account and with those scopes.
func (x *Gate) Login(accountID string, scopes ...string) (access, refresh string) {
	x.Lock()
	defer x.Unlock()
	a := x.FindAccount(accountID)
	if a == nil {
		return "", ""
	}
	return x.grant(login{account: a.ID, client: x.App(a.ConsumerKey).ClientID, scopes: scopes})
}

// grant makes the two tokens of a login; the second only when it is to last.
func (x *Gate) grant(l login) (access, refresh string) {
	access = randomToken()
	l.end = x.Now().Add(loginLife)
	x.logins.access[access] = &l
	if slices.Contains(l.scopes, "offline.access") {
		refresh = randomToken()
		x.logins.refresh[refresh] = &l
	}
	return access, refresh
}

func randomToken() string {
	raw := make([]byte, 48)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

// checkLogin lets a call in with the token of an OAuth 2.0 login.
func (x *Gate) checkLogin(in *Request, l *login) *serve.Answer {
	account := x.FindAccount(l.account)
	switch {
	case account == nil || !x.Now().Before(l.end):
		return in.Refuse(fault.Fault{Status: http.StatusUnauthorized, Title: "Unauthorized", Detail: "Unauthorized"})
	case in.end.Auth&UserKeys == 0, len(in.end.Scopes) == 0 && in.end.Name != "media.get":
		in.Violation("the endpoint does not take the token of an OAuth 2.0 login")
		return in.Refuse(fault.WrongAuth())
	}
	for _, scope := range in.end.Scopes {
		if !slices.Contains(l.scopes, scope) {
			return in.Refuse(fault.Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "Your login lacks the scope " + scope + "."})
		}
	}
	own := *account
	own.Access = xstate.ReadWriteDM // the scopes decide
	in.Account, in.App = &own, x.App(own.ConsumerKey)
	return nil
}

// refusesKeys reports whether an endpoint takes an OAuth 2.0 login only.
func (x *Gate) refusesKeys(endpoint string) bool {
	return slices.ContainsFunc(x.Options().LoginOnly, func(name string) bool {
		return name == endpoint || strings.HasPrefix(endpoint, name+".")
	})
}

// errLoginOnly is X's refusal of OAuth 1.0a.
var errLoginOnly = fault.Fault{
	Status: http.StatusForbidden, Title: "Unsupported Authentication", Type: fault.Problems + "unsupported-authentication",
	Detail: "Authenticating with OAuth 1.0a User Context is forbidden for this endpoint.  Supported authentication types are [OAuth 2.0 User Context].",
}
