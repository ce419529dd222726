package xcall

import (
	"net/http"
	"strconv"
	"strings"

	"perch/bridge"
)

// Family names calls that X may want an OAuth 2.0 login for. Once X has refused OAuth 1.0a for one call of a family, the
// login is used for all of them.
type Family string

// The families.
const (
	// FamilyChat is X Chat and people's keys of it. Any refusal of the keys is taken for the wish for a login.
	FamilyChat Family = "chat"
	// FamilyActivity is subscriptions to private events, FamilyMedia files of direct messages.
	FamilyActivity Family = "activity"
	FamilyMedia    Family = "media"
)

// loginTexts are what X says when it wants another kind of keys, or more of them (X docs: response codes, problem types).
var loginTexts = []string{"unsupported-authentication", "oauth 2.0 user", "oauth2-permissions", "insufficient_scope", "insufficient scope"}

// wantsLogin reports whether an answer refuses the keys so that a login may do better.
func (f Family) wantsLogin(a *Answer) bool {
	if f == "" || (a.Status != http.StatusUnauthorized && a.Status != http.StatusForbidden) {
		return false
	}
	r := readRefusal(a)
	for _, text := range loginTexts {
		if strings.Contains(r.text, text) {
			return true
		}
	}
	isOpen := len(r.codes) == 0 || a.byLogin // a code of API v1.1 says more than that
	return a.Status == http.StatusUnauthorized && isOpen && (f == FamilyChat || a.byLogin)
}

// mayWantLogin reports whether an answer refuses the keys without a word about why, so that only a try tells.
func (f Family) mayWantLogin(a *Answer) bool {
	return f == FamilyChat && a.Status == http.StatusForbidden && ByRules(rules, Call{}, a) == nil
}

const (
	needsLogin   = "X wants an OAuth 2.0 login for this, which Perch does not have"
	loginRefused = "X does not take the OAuth 2.0 login"
	fixLogin     = "log in with: perch x login"
)

// loginError is the error of an answer that wants a login, or another one.
func loginError(what Call, a *Answer) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: what.Op, Message: needsLogin, Code: bridge.CodeLogin + strconv.Itoa(a.Status),
		Remedy: fixLogin,
	}
	if a.byLogin {
		e.Message = loginRefused
	}
	return e
}
