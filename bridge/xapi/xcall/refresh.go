package xcall

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

const (
	endpointRefresh = "oauth2.user_token"
	// codeRefresh marks a refresh token that X does not take any more.
	codeRefresh = bridge.CodeLogin + "refresh"
	opRefresh   = "renew the OAuth 2.0 login"
	loginEnded  = "X does not take the OAuth 2.0 login any more"
	opCode      = "log in to X"
)

// refresh asks X for new tokens. They are not in use yet.
func (c *Caller) refresh(ctx context.Context, old Tokens) (Tokens, error) {
	if old.Refresh == "" {
		return Tokens{}, refreshError("there is no refresh token")
	}
	t, err := c.askTokens(ctx, opRefresh, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old.Refresh}})
	if err == nil {
		t.Refresh = cmp.Or(t.Refresh, old.Refresh)
	}
	return t, err
}

// Redeem asks X for the tokens of a login that a person has agreed to. They are neither kept nor in use.
func (c *Caller) Redeem(ctx context.Context, code, verifier, redirect string) (Tokens, error) {
	return c.askTokens(ctx, opCode, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {redirect},
	})
}

// askTokens calls X's token endpoint (X docs: OAuth 2.0 authorization code flow with PKCE).
func (c *Caller) askTokens(ctx context.Context, op string, form url.Values) (Tokens, error) {
	l := c.login
	form.Set("client_id", l.ClientID)
	what := Call{Op: op, Endpoint: endpointRefresh, Method: http.MethodPost, URL: c.URLOf("/2/oauth2/token"), Form: form, isLogin: true}
	what.basic = &[2]string{l.ClientID, l.ClientSecret}
	if l.ClientSecret == "" {
		what.basic, what.isPlain = nil, true
	}
	asked := time.Now()
	a, err := c.exchange(ctx, what)
	if err != nil {
		return Tokens{}, err
	}
	verdict, ok := a.Verdict()
	if !ok {
		return Tokens{}, judgeTokens(what, verdict)
	}
	return readTokens(what, a, asked)
}

func readTokens(what Call, a *Answer, asked time.Time) (Tokens, error) {
	var body struct {
		Access  loose.Text `json:"access_token"`
		Refresh loose.Text `json:"refresh_token"`
		Seconds loose.Int  `json:"expires_in"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return Tokens{}, err
	}
	t := Tokens{Access: string(body.Access), Refresh: string(body.Refresh)}
	if !isToken(t.Access) || (t.Refresh != "" && !isToken(t.Refresh)) {
		return Tokens{}, a.Unexpected(what.Op, nil)
	}
	if body.Seconds > 0 {
		t.Expires = asked.Add(time.Duration(min(int64(body.Seconds), int64(maxExpiry/time.Second))) * time.Second)
	}
	return t, nil
}

const (
	// maxExpiry is the longest life of a token that is believed; X's live two hours.
	maxExpiry = 365 * 24 * time.Hour
	// maxToken bounds a token, in bytes; X's have about 100.
	maxToken = 1900
)

// isToken reports whether a text can go into a header as a token.
func isToken(text string) bool {
	return text != "" && len(text) <= maxToken && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// judgeTokens tells a login that X does not take any more from everything else.
func judgeTokens(what Call, a *Answer) error {
	said := readRefusal(a)
	isRefused := a.Status == http.StatusBadRequest || a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
	switch {
	case isRefused && strings.Contains(said.text, "client"):
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideX, Op: what.Op, Code: bridge.CodeLogin + "client",
			Message: "X does not take the OAuth 2.0 client id or client secret",
			Remedy:  "compare x.oauth2_client_id and x.oauth2_client_secret with X's developer portal (Keys and tokens), then: perch x login",
		}
	case isRefused && what.Op == opRefresh:
		return refreshError(loginEnded)
	case isRefused:
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideX, Op: what.Op, Code: bridge.CodeLogin + "code", Remedy: fixLogin,
			Message: "X does not take the answer of the login: it was used before, is too old, or the callback address is not the app's",
		}
	}
	return Classify(what, a)
}

func refreshError(message string) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: opRefresh, Code: codeRefresh, Message: message, Remedy: fixLogin,
	}
}
