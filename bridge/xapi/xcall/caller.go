// Package xcall makes calls to X's API, whatever they are for.
//
// It guarantees that a call is signed by X's clock, admitted by the rate limits and counted in them, bounded in time and
// its answer in size; that keys never follow a redirect; that only what X itself said counts as its answer, and what
// stood in between is named as such; and that every refusal is a *bridge.Error that says what happens next. A call that
// sends is made once: a lost answer is bridge.OutcomeUnknown. A Caller is safe for concurrent use.
package xcall

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dghubble/oauth1"

	"perch/bridge"
)

// Keys are the four secrets of an X app and the account that speaks through it.
type Keys struct {
	ConsumerKey, ConsumerSecret    string
	AccessToken, AccessTokenSecret string
}

// missing names the keys that are not set.
func (k Keys) missing() []string {
	var names []string
	for _, key := range []struct{ name, value string }{
		{"x.consumer_key", k.ConsumerKey},
		{"x.consumer_secret", k.ConsumerSecret},
		{"x.access_token", k.AccessToken},
		{"x.access_token_secret", k.AccessTokenSecret},
	} {
		if key.value == "" {
			names = append(names, key.name)
		}
	}
	return names
}

// Config is what a caller is made of.
type Config struct {
	// Channel is the channel's name, for sentences that name a command.
	Channel string
	// APIBase is a URL without a path.
	APIBase string
	Keys    Keys
	// Quota may be nil.
	Quota bridge.Quota
	Log   *slog.Logger
	// UserAgent names the program to X; empty means "Perch".
	UserAgent string
	// Login is the account's OAuth 2.0 login; the zero value for none.
	Login Login
}

// Caller makes calls: it signs, times, admits, observes and classifies them.
type Caller struct {
	config Config
	plain  *http.Client
	signed atomic.Pointer[signing]
	ahead  atomic.Int64 // nanoseconds that X's clock is ahead of ours, as last measured
	app    appKeys
	login  *login
}

// signing signs by X's clock as it was last corrected.
type signing struct {
	client *http.Client
	ahead  time.Duration
}

const (
	// maxIdleConns bounds the connections kept open to X.
	maxIdleConns = 8
	// dialTimeout and headerTimeout bound the steps of a call; callTimeout the whole of it.
	dialTimeout   = 10 * time.Second
	headerTimeout = 30 * time.Second
	callTimeout   = 45 * time.Second
	idleTimeout   = 60 * time.Second
)

// New returns a caller; it makes no call.
func New(config Config) *Caller {
	config.APIBase = strings.TrimSuffix(config.APIBase, "/")
	if config.UserAgent == "" {
		config.UserAgent = "Perch"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented to be one
	transport.MaxIdleConnsPerHost = maxIdleConns
	transport.TLSHandshakeTimeout = dialTimeout
	transport.ResponseHeaderTimeout = headerTimeout
	transport.IdleConnTimeout = idleTimeout
	c := &Caller{config: config, plain: &http.Client{Transport: transport, CheckRedirect: noRedirect}, login: newLogin(config.Login)}
	c.setSkew(0)
	return c
}

// noRedirect keeps keys from travelling to another address.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Know signs by X's clock as another caller of the same account knows it, and logs in where that one had to.
func (c *Caller) Know(of *Caller) {
	c.setSkew(of.Skew())
	c.ahead.Store(of.ahead.Load())
	c.login.know(of.login)
}

// CheckKeys returns an error that names the secrets that are not set.
func (c *Caller) CheckKeys(op string) error {
	names := c.config.Keys.missing()
	if len(names) == 0 {
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: op, Message: "these secrets are not set: " + strings.Join(names, ", "),
		Remedy: "store each with: perch secret set --channel " + c.config.Channel + " " + names[0],
	}
}

// setSkew makes a signing client for the given difference between X's clock and ours.
func (c *Caller) setSkew(ahead time.Duration) {
	k := c.config.Keys
	shift := &clockShift{base: c.plain.Transport, signer: &oauth1.HMACSigner{ConsumerSecret: k.ConsumerSecret}, ahead: ahead}
	config := oauth1.NewConfig(k.ConsumerKey, k.ConsumerSecret)
	config.Signer = shift
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, &http.Client{Transport: shift})
	client := config.Client(ctx, oauth1.NewToken(k.AccessToken, k.AccessTokenSecret))
	client.CheckRedirect = noRedirect
	c.signed.Store(&signing{client, ahead})
}

// Skew returns how far X's clock was ahead of this computer's when that last had to be corrected; 0 when never.
func (c *Caller) Skew() time.Duration { return c.signed.Load().ahead }

// ClockAhead returns how far X's clock was ahead of this computer's in X's last answer, exact to some seconds; negative
// when it was behind, 0 when X has never answered.
func (c *Caller) ClockAhead() time.Duration { return time.Duration(c.ahead.Load()) }

// Close drops idle connections.
func (c *Caller) Close() { c.plain.CloseIdleConnections() }

// appKeys is what the app itself, without a user, is let in with.
type appKeys struct {
	mu    sync.Mutex
	token string // does not expire; X gives the same one each time
}
