package motion

import (
	"context"
	"net/http"
	"net/url"

	"perch/bridge"
	"perch/bridge/loose"
)

func (c *Client) ownPath() string { return "/" + url.PathEscape(c.AccountID()) }

// ask calls the API of accounts with the credentials.
func (c *Client) ask(ctx context.Context, op, method, path string, body []byte) (*answer, error) {
	what := call{
		op: op, method: method, url: c.base + "/api/openchannel/accounts" + path, body: body, authorized: true, limit: maxAnswer,
		timeout: callTimeout,
	}
	if body != nil {
		what.contentType = "application/json"
	}
	a, err := c.do(ctx, what)
	if err != nil {
		return nil, err
	}
	if !a.ok() {
		return nil, classify(op, a)
	}
	if method == http.MethodGet && (!loose.IsJSON(a.body) || saysNo(a.body)) {
		return nil, foreign(op, a)
	}
	return a, nil
}

func noAccess(op string) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideMotion, Op: op, Message: "without a Motion user's password or API key, Perch cannot look at the account",
		Remedy: "paste the Reply URL yourself, or set user in perch.toml and the secret motion.password (or motion.api_key)",
	}
}
