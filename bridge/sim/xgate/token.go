package xgate

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

var verifierPattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

func (x *Gate) tokenRoute() Route {
	return Endpoint{Name: "oauth2.user_token", Auth: basic | optional, Body: FormBody}.By(x.token)
}

// token exchanges a code or a refresh token.
func (x *Gate) token(in *Request) *serve.Answer {
	form, err := url.ParseQuery(string(in.Raw))
	if err != nil {
		in.Violation("its form cannot be read: %v", err)
		return noGrant("invalid_request", "The form cannot be read.")
	}
	for name, values := range form {
		if !slices.Contains([]string{"grant_type", "code", "redirect_uri", "code_verifier", "client_id", "refresh_token"}, name) || len(values) != 1 {
			in.Violation("form field %q is not known here or appears twice", name)
			return noGrant("invalid_request", "Field "+name+" is not allowed.")
		}
	}
	app, refused := x.client(in, form.Get("client_id"))
	if refused != nil {
		return refused
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return x.exchangeCode(in, app, form)
	case "refresh_token":
		return x.exchangeRefresh(in, app, form.Get("refresh_token"))
	}
	in.Violation("grant_type %q is not known", form.Get("grant_type"))
	return noGrant("unsupported_grant_type", "The grant type is not supported.")
}

// client finds the app: one with a secret names itself in the header, one without in the form.
func (x *Gate) client(in *Request, named string) (*xstate.App, *serve.Answer) {
	id, secret, isBasic := in.BasicAuth()
	if !isBasic {
		id = named
	} else if plain, err := decodeForm(id + "=" + secret); err == nil && len(plain) == 1 {
		id, secret = plain[0].name, plain[0].value
	}
	app := x.AppByClient(id)
	if app == nil || app.ClientSecret != secret || (app.ClientSecret != "") != isBasic {
		return nil, serve.JSON(http.StatusUnauthorized, map[string]any{
			"error": "unauthorized_client", "error_description": "Missing valid authorization header",
		})
	}
	return app, nil
}

func (x *Gate) exchangeCode(in *Request, app *xstate.App, form url.Values) *serve.Answer {
	c := x.logins.codes[form.Get("code")]
	delete(x.logins.codes, form.Get("code"))
	verifier := form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case !verifierPattern.MatchString(verifier):
		in.Violation("code_verifier does not match %s", verifierPattern)
		return noGrant("invalid_request", "Value passed for the code verifier did not match the code challenge.")
	case c == nil || c.client != app.ClientID || !x.Now().Before(c.end):
		return noGrant("invalid_grant", "Value passed for the authorization code was invalid.")
	case c.redirect != form.Get("redirect_uri"):
		in.Violation("redirect_uri %q is not %q, with which the code was asked for", form.Get("redirect_uri"), c.redirect)
		return noGrant("invalid_request", "Value passed for the redirect uri did not match the uri of the authorization code.")
	case base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge:
		in.Violation("code_verifier does not fit the code_challenge")
		return noGrant("invalid_request", "Value passed for the code verifier did not match the code challenge.")
	}
	return x.granted(c.login)
}

// exchangeRefresh gives new tokens for one that was not used before. A second use is written down.
func (x *Gate) exchangeRefresh(in *Request, app *xstate.App, token string) *serve.Answer {
	l := x.logins.refresh[token]
	if token == "" {
		in.Violation("refresh_token is missing")
	}
	if x.logins.spent[token] {
		x.logins.reused++
	}
	if l == nil || l.client != app.ClientID {
		return noGrant("invalid_grant", "Value passed for the token was invalid.")
	}
	delete(x.logins.refresh, token)
	x.logins.spent[token] = true
	return x.granted(*l)
}

func (x *Gate) granted(l login) *serve.Answer {
	access, refresh := x.grant(l)
	body := map[string]any{
		"token_type": "bearer", "expires_in": int(loginLife.Seconds()), "access_token": access, "scope": strings.Join(l.scopes, " "),
	}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return serve.JSON(http.StatusOK, body)
}

// noGrant is a refusal in the form of OAuth 2.0 (RFC 6749, section 5.2).
func noGrant(kind, why string) *serve.Answer {
	return serve.JSON(http.StatusBadRequest, map[string]any{"error": kind, "error_description": why})
}
