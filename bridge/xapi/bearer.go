package xapi

import (
	"context"
	"net/http"
	"net/url"

	"perch/bridge"
	"perch/bridge/loose"
)

const endpointToken = "oauth2.token"

// token returns the app's Bearer token and asks X for it when there is none.
func (c *caller) token(ctx context.Context) (string, error) {
	c.app.mu.Lock()
	defer c.app.mu.Unlock()
	if c.app.token != "" {
		return c.app.token, nil
	}
	what := call{
		op: "ask X for the app's token", endpoint: endpointToken, method: http.MethodPost, url: c.api("/oauth2/token"),
		form: url.Values{"grant_type": {"client_credentials"}}, basic: true,
	}
	a, err := c.do(ctx, what)
	if err != nil {
		return "", err
	}
	var body struct {
		Token loose.Text `json:"access_token"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return "", err
	}
	if body.Token == "" {
		return "", &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: what.op, Message: "X's answer holds no token"}
	}
	c.app.token = string(body.Token)
	return c.app.token, nil
}

// dropToken forgets a token that X refused, unless a newer one is there already.
func (c *caller) dropToken(refused string) {
	c.app.mu.Lock()
	defer c.app.mu.Unlock()
	if c.app.token == refused {
		c.app.token = ""
	}
}

// asApp makes the call with the app's token, and once more with a new one when X refuses it.
func (c *caller) asApp(ctx context.Context, what call) (*answer, error) {
	for again := true; ; again = false {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		what.bearer = token
		a, err := c.exchange(ctx, what)
		if err != nil || a.status != http.StatusUnauthorized || !again {
			return a, err
		}
		c.dropToken(token)
	}
}

// asUserOrApp makes the call with the user's keys, and with the app's token when X does not take those: X's pages
// disagree about which it wants. When it takes neither, the first refusal is returned.
func (c *caller) asUserOrApp(ctx context.Context, what call) (*answer, error) {
	a, err := c.exchange(ctx, what)
	if err != nil || !a.refusesKeys() {
		return a, err
	}
	if second, err := c.asApp(ctx, what); err == nil && !second.refusesKeys() {
		return second, nil
	}
	return a, nil
}

// refusesKeys reports whether another kind of key may do better.
func (a *answer) refusesKeys() bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
}
