package xcall

import (
	"context"
	"net/http"
	"sync"
	"time"

	"perch/bridge"
)

// Tokens are what an OAuth 2.0 login gives. Expires is when Access ends; zero when that is not known.
type Tokens struct {
	Access, Refresh string
	Expires         time.Time
}

// TokenStore keeps the tokens of a login, for every process that uses them.
type TokenStore interface {
	// Load returns the tokens as they are kept; the zero value for none.
	Load(ctx context.Context) (Tokens, error)
	// Save keeps them. They are on disk when it returns.
	Save(ctx context.Context, tokens Tokens) error
}

// Login is an OAuth 2.0 login of an account: the app's client, the tokens, and where they are kept.
type Login struct {
	ClientID string
	// ClientSecret is empty for a public client.
	ClientSecret string
	Tokens
	// Store may be nil; then tokens are not renewed.
	Store TokenStore
}

// login is a Login in use.
type login struct {
	Login
	// turn is held by who renews the tokens; it holds one value.
	turn chan struct{}

	mu     sync.Mutex
	tokens Tokens
	// unsaved are renewed tokens that could not be kept yet; they are not used before they are.
	unsaved *Tokens
	// dead is the refresh token that X has refused; of whoever has the turn.
	dead   string
	chosen map[Family]bool
}

func newLogin(l Login) *login {
	return &login{Login: l, turn: make(chan struct{}, 1), tokens: l.Tokens, chosen: map[Family]bool{}}
}

// know takes over what another login of the same account has found out.
func (l *login) know(of *login) {
	of.mu.Lock()
	defer of.mu.Unlock()
	for family := range of.chosen {
		l.choose(family)
	}
	if of.unsaved != nil && of.ClientID == l.ClientID && of.tokens.Refresh == l.tokens.Refresh {
		l.unsaved = of.unsaved
	}
}

// isThere reports whether there is something to log in with.
func (l *login) isThere() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tokens.Access != "" || l.tokens.Refresh != ""
}

// choose logs in for a family from now on; false when there is nothing to log in with.
func (l *login) choose(f Family) bool {
	if f == "" || !l.isThere() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chosen[f] = true
	return true
}

func (l *login) isChosen(f Family) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chosen[f]
}

// Tokens returns those that are in use.
func (c *Caller) Tokens() Tokens {
	c.login.mu.Lock()
	defer c.login.mu.Unlock()
	return c.login.tokens
}

// asLogin makes the call with the login's token, and once more with a new one when X refuses it.
func (c *Caller) asLogin(ctx context.Context, what Call) (*Answer, error) {
	refused := ""
	for {
		token, err := c.loginToken(ctx, what.Op, refused)
		if err != nil {
			return nil, err
		}
		what.bearer, what.isLogin = token, true
		a, err := c.exchange(ctx, what)
		if err != nil || a.Status != http.StatusUnauthorized || refused != "" || c.login.Store == nil {
			return a, err
		}
		refused = token
	}
}

// AsLogin makes the call with the login's token, whatever X has said of OAuth 1.0a.
func (c *Caller) AsLogin(ctx context.Context, what Call) (*Answer, error) {
	a, err := c.asLogin(ctx, what)
	return success(what, a, err)
}

// early is how long before its end a token is not used any more: the call has to arrive in time, and clocks differ.
const early = time.Minute

func (t Tokens) isGood(refused string) bool {
	return t.Access != "" && t.Access != refused && (t.Expires.IsZero() || time.Until(t.Expires) > early)
}

// loginToken returns a token that X has not refused, and renews it when there is none. All that wait share one renewal.
func (c *Caller) loginToken(ctx context.Context, op, refused string) (string, error) {
	l := c.login
	if t := c.Tokens(); t.isGood(refused) {
		return t.Access, nil
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return "", Lost(Call{Op: op}, ctx.Err(), false)
	}
	if t := c.Tokens(); t.isGood(refused) {
		return t.Access, nil
	}
	if l.Store == nil { // then X tells what it thinks of the token
		return l.tokens.Access, nil
	}
	t, err := c.renewed(context.WithoutCancel(ctx), refused) // a renewal that is cut off costs the login
	return t.Access, err
}

// renewed returns tokens that may be used: those that another process has kept meanwhile, or new ones, once they are kept.
func (c *Caller) renewed(ctx context.Context, refused string) (Tokens, error) {
	l := c.login
	fresh := l.waiting()
	if fresh == nil {
		kept, err := l.Store.Load(ctx)
		if err != nil {
			return Tokens{}, storeError(err)
		}
		if kept.isGood(refused) {
			return l.use(kept), nil
		}
		if kept.Refresh == l.dead && l.dead != "" {
			return Tokens{}, refreshError(loginEnded)
		}
		t, err := c.refresh(ctx, kept)
		if err != nil {
			return c.orAnothers(ctx, kept, err)
		}
		fresh = &t
		l.keepWaiting(fresh)
	}
	if err := l.Store.Save(ctx, *fresh); err != nil {
		return Tokens{}, storeError(err)
	}
	return l.use(*fresh), nil
}

func (l *login) waiting() *Tokens {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unsaved
}

func (l *login) keepWaiting(t *Tokens) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsaved = t
}

const (
	// looks is how often the store is looked into for what another process got for the same refresh token, lookPause the
	// wait between.
	looks     = 5
	lookPause = 400 * time.Millisecond
)

// orAnothers returns the tokens that another process has got where X refused this one, because it came second.
func (c *Caller) orAnothers(ctx context.Context, used Tokens, refused error) (Tokens, error) {
	if e := bridge.AsError(refused); e.Code != codeRefresh {
		return Tokens{}, refused
	}
	for range looks {
		kept, err := c.login.Store.Load(ctx)
		if err == nil && kept.Access != used.Access && kept.isGood("") {
			return c.login.use(kept), nil
		}
		time.Sleep(lookPause)
	}
	c.login.dead = used.Refresh
	return Tokens{}, refused
}

func (l *login) use(t Tokens) Tokens {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tokens, l.unsaved = t, nil
	return t
}

func storeError(err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "renew the OAuth 2.0 login", Err: err,
		Message: "the place of the secrets does not take or give the login's tokens, so that they are not used",
		Remedy:  "see that the keyring or the vault can be written to; Perch tries again", Code: bridge.CodeLogin + "store",
	}
}
