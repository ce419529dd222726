package xapi

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

// base is what both profiles stand on: the calls, and what is known about the account.
type base struct {
	calls  *xcall.Caller
	config Config
	// userLists is set once X has let the user's keys list the subscriptions.
	userLists atomic.Bool

	mu sync.Mutex
	me bridge.Account
}

// remember keeps who the account is, with the permission that X told in a header.
func (c *base) remember(person bridge.Person, h http.Header) bridge.Account {
	level := h.Get("X-Access-Level")
	account := bridge.Account{
		Person:   person,
		CanDM:    level == "" || level == "read-write-directmessages",
		CanWrite: level != "read",
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = account
	return account
}

// Know tells who the account is, as an earlier run has learned, which saves asking X again.
func (c *base) Know(account bridge.Account) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = account
}

// read tells that X has given what it bills for.
func (c *base) read(kind bridge.BilledKind, ids ...string) {
	if c.config.Reads != nil {
		c.config.Reads(kind, ids...)
	}
}

// ownID returns the account's id, asking X once.
func (c *base) ownID(ctx context.Context, ask func(context.Context) (bridge.Account, error)) (string, error) {
	c.mu.Lock()
	known := c.me.ID
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	account, err := ask(ctx)
	return account.ID, err
}

// AreKeysRefused reports whether X said by err that the keys themselves are wrong, and not that something else is in
// the way: credits, the clock, a locked account, a limit, an outage.
func AreKeysRefused(err error) bool { return xcall.AreKeysRefused(err) }

// Skew returns how far X's clock was ahead of this computer's when that last had to be corrected; 0 when never.
func (c *base) Skew() time.Duration { return c.calls.Skew() }

// ClockAhead returns how far X's clock was ahead of this computer's in X's last answer, exact to some seconds; negative
// when it was behind, 0 when X has never answered.
func (c *base) ClockAhead() time.Duration { return c.calls.ClockAhead() }

// Tokens returns those of the OAuth 2.0 login that are in use; the zero value for none.
func (c *base) Tokens() Tokens { return c.calls.Tokens() }

// Close drops idle connections.
func (c *base) Close() { c.calls.Close() }
