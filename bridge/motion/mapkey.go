package motion

import (
	"cmp"
	"context"
	"net/http"
	"regexp"

	"perch/bridge/loose"
)

// MapKey returns the Map Key as far as it is known without asking Motion.
func (c *Client) MapKey() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.config.MapKey, c.mapKey, DefaultMapKey)
}

// findMapKey returns the Map Key, asking the account once. Where the account cannot tell, the old plugin's key is used.
func (c *Client) findMapKey(ctx context.Context) (string, error) {
	c.mu.Lock()
	known := cmp.Or(c.config.MapKey, c.mapKey)
	c.mu.Unlock()
	if known != "" || !c.HasCredentials() {
		return cmp.Or(known, DefaultMapKey), nil
	}
	return c.Check(ctx)
}

// Check implements bridge.MotionClient. Without credentials it asks only whether Motion answers.
func (c *Client) Check(ctx context.Context) (string, error) {
	const op = "check Motion"
	what := call{op: op, method: http.MethodGet, url: c.base + "/", limit: maxAnswer, timeout: callTimeout}
	if !c.HasCredentials() {
		_, err := c.do(ctx, what)
		return c.MapKey(), err
	}
	what.authorized, what.url = true, c.base+"/api/openchannel/accounts"+c.ownPath()
	var a *answer
	var err error
	if c.AccountID() != "" {
		a, err = c.do(ctx, what)
	}
	if err == nil && (a == nil || (a.status == http.StatusNotFound && !isIntermediary(a))) {
		what.url = c.base + "/api/users?fields=id&limit=1" // a cheap question that every version answers
		a, err = c.do(ctx, what)
	}
	if err != nil {
		return "", err
	}
	switch {
	case a.status == http.StatusNotFound && !isIntermediary(a):
	case !a.ok():
		return "", classify(op, a)
	case !loose.IsJSON(a.body) || saysNo(a.body):
		return "", foreign(op, a)
	}
	c.learnMapKey(a.body)
	return c.MapKey(), nil
}

// mapKeyPattern is what the names of contact fields look like.
var mapKeyPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// learnMapKey finds the key in the account by its name, whatever its case.
func (c *Client) learnMapKey(body []byte) {
	var account object
	if decode(body, &account) != nil {
		account = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mapKey = account.text(mapKeyNames...); !mapKeyPattern.MatchString(c.mapKey) {
		c.mapKey = DefaultMapKey
	}
}

// The names under which Motion's versions have what is looked for. None of them is documented (XCALLY docs: Open Channel
// accounts show the form only), so they are found without regard to case.
var (
	mapKeyNames     = []string{"mapKey", "map_key"}
	receiveURLNames = []string{"receiveUrl", "receive_url"}
	replyURLNames   = []string{"replyUrl", "reply_url"}
)
