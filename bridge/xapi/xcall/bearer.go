package xcall

import (
	"context"
	"net/http"
	"net/url"

	"perch/bridge"
	"perch/bridge/loose"
)

const endpointToken = "oauth2.token"

// token returns the app's Bearer token and asks X for it when there is none.
func (c *Caller) token(ctx context.Context) (string, error) {
	c.app.mu.Lock()
	defer c.app.mu.Unlock()
	if c.app.token != "" {
		return c.app.token, nil
	}
	what := Call{
		Op: "ask X for the app's token", Endpoint: endpointToken, Method: http.MethodPost, URL: c.URLOf("/oauth2/token"),
		Form: url.Values{"grant_type": {"client_credentials"}}, basic: &[2]string{c.config.Keys.ConsumerKey, c.config.Keys.ConsumerSecret},
	}
	a, err := c.Do(ctx, what)
	if err != nil {
		return "", err
	}
	var body struct {
		Token loose.Text `json:"access_token"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return "", err
	}
	if body.Token == "" {
		return "", &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Message: "X's answer holds no token"}
	}
	c.app.token = string(body.Token)
	return c.app.token, nil
}

// dropToken forgets a token that X refused, unless a newer one is there already.
func (c *Caller) dropToken(refused string) {
	c.app.mu.Lock()
	defer c.app.mu.Unlock()
	if c.app.token == refused {
		c.app.token = ""
	}
}

// AsApp makes the call with the app's token, and once more with a new one when X refuses it.
func (c *Caller) AsApp(ctx context.Context, what Call) (*Answer, error) {
	for again := true; ; again = false {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		what.bearer = token
		a, err := c.Exchange(ctx, what)
		if err != nil || a.Status != http.StatusUnauthorized || !again {
			return a, err
		}
		c.dropToken(token)
	}
}

// AsUserOrApp makes the call with the user's keys, and with the app's token when X does not take those: X's pages
// disagree about which it wants. When it takes neither, the first refusal is returned.
func (c *Caller) AsUserOrApp(ctx context.Context, what Call) (*Answer, error) {
	a, err := c.Exchange(ctx, what)
	if err != nil || !a.RefusesKeys() {
		return a, err
	}
	if second, err := c.AsApp(ctx, what); err == nil && !second.RefusesKeys() {
		return second, nil
	}
	return a, nil
}

// RefusesKeys reports whether another kind of key may do better.
func (a *Answer) RefusesKeys() bool {
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
}
