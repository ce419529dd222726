package xgate

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"perch/bridge/sim/serve"
)

// scopes are those of X (X docs: OAuth 2.0).
var scopes = []string{
	"tweet.read", "tweet.write", "tweet.moderate.write", "users.email", "users.read", "follows.read", "follows.write", "offline.access",
	"space.read", "mute.read", "mute.write", "like.read", "like.write", "list.read", "list.write", "block.read", "block.write",
	"bookmark.read", "bookmark.write", "dm.read", "dm.write", "media.write",
}

var challengePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorizeRoute is the page on which somebody allows an app to act. It answers at once, as if that had been done.
func (x *Gate) authorizeRoute() Route {
	return Endpoint{Name: "oauth2.authorize", Auth: optional, Query: Params{
		"response_type": IsOneOf("code"), "client_id": IsText(1, 100), "redirect_uri": IsText(1, 500), "scope": IsText(1, 1000), "state": IsText(1, 500),
		"code_challenge": challengePattern.MatchString, "code_challenge_method": IsOneOf("S256"),
	}}.By(x.authorize)
}

func (x *Gate) authorize(in *Request) *serve.Answer {
	q := in.URL.Query()
	for _, name := range []string{"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"} {
		if q.Get(name) == "" {
			return in.Malformed(name, "", "%s is missing", name)
		}
	}
	app, asked := x.AppByClient(q.Get("client_id")), strings.Split(q.Get("scope"), " ")
	switch {
	case app == nil:
		return in.invalid("client_id", q.Get("client_id"), "the client_id is not known")
	case !x.isCallback(q.Get("redirect_uri")):
		return in.invalid("redirect_uri", q.Get("redirect_uri"), "the redirect_uri is not registered")
	case slices.ContainsFunc(asked, func(s string) bool { return !slices.Contains(scopes, s) }):
		return in.Malformed("scope", q.Get("scope"), "the scope %q is not of known words with single blanks between", q.Get("scope"))
	}
	back := url.Values{"state": {q.Get("state")}}
	if x.logins.isDenied {
		back.Set("error", "access_denied")
		return redirect(q.Get("redirect_uri"), back)
	}
	who := x.logins.signedIn
	if who == "" {
		who = app.Owner
	}
	name := randomToken()
	x.logins.codes[name] = &code{login{who, app.ClientID, asked, x.Now().Add(codeLife)}, q.Get("redirect_uri"), q.Get("code_challenge")}
	back.Set("code", name)
	return redirect(q.Get("redirect_uri"), back)
}

// isCallback reports whether an address is registered. Without any registered, it has to be /callback on this
// machine, by its number.
func (x *Gate) isCallback(address string) bool {
	if x.logins.callbacks != nil {
		return slices.Contains(x.logins.callbacks, address)
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && u.Hostname() == "127.0.0.1" && u.Path == "/callback" && u.RawQuery == "" && u.Fragment == ""
}

func redirect(address string, query url.Values) *serve.Answer {
	a := &serve.Answer{Status: http.StatusFound}
	a.Header().Set("Location", address+"?"+query.Encode())
	return a
}
