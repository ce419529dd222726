// Package xapi is the client of X's API, in both profiles: "v2" and "v1.1".
//
// It guarantees that every error is an *bridge.Error with a sentence for the admin, that no call which makes X send
// is ever repeated by itself, that such a call whose answer was lost ends as bridge.OutcomeUnknown, that keys go to
// the configured hosts only and never along with a redirect, and that every answer is bounded in size and time. It
// obeys and reports X's rate limits through bridge.Quota. A Client is safe for concurrent use.
package xapi

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

// Config is what a Client is made of.
type Config struct {
	// Channel is the channel's name, for sentences that name a command.
	Channel string
	// Profile is "v2" or "v1.1".
	Profile string
	// APIBase and UploadBase are URLs without a path. UploadBase is used by v1.1 only.
	APIBase, UploadBase string
	// Environment is the label of the Account Activity API v1.1; empty means the Enterprise form without one.
	Environment string
	// MediaHosts are the hosts ("host" or "host:port") from which customers' files may be fetched.
	MediaHosts []string
	Keys       Keys
	Quota      bridge.Quota
	Log        *slog.Logger
	// UserAgent names the program to X; empty means "Perch".
	UserAgent string
}

// Client speaks for one X account. It implements bridge.XClient.
type Client struct {
	profile
	*caller
}

// profile is what differs between v2 and v1.1.
type profile interface {
	bridge.Directory
	bridge.Lookback
	SendDM(ctx context.Context, recipientID string, message bridge.Outgoing) (string, error)
	SendReply(ctx context.Context, threadID string, author bridge.Person, message bridge.Outgoing) (string, error)
	PostMedia(ctx context.Context, postID string) ([]bridge.Media, error)
	DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error)
	dmCall(recipientID string, message bridge.Outgoing) call
	replyCall(threadID string, message bridge.Outgoing) call
	upload(ctx context.Context, file bridge.File, category string) (string, error)
	inlet
}

var _ bridge.XClient = (*Client)(nil)

// New returns a client; it makes no call.
func New(config Config) *Client {
	c := newCaller(config)
	if config.Profile == "v1.1" {
		return &Client{&v11{c}, c}
	}
	return &Client{&v2{caller: c}, c}
}

// With returns a client of the same account with another configuration; it knows the account and the clock as c does. c
// stays as it is, for the calls under way.
func (c *Client) With(config Config) *Client {
	next := New(config)
	next.setSkew(c.Skew())
	next.ahead.Store(c.ahead.Load())
	c.mu.Lock()
	defer c.mu.Unlock()
	next.me = c.me
	return next
}

// caller makes calls: it signs, times, admits, observes and classifies them.
type caller struct {
	config Config
	plain  *http.Client
	signed atomic.Pointer[signing]
	ahead  atomic.Int64 // nanoseconds that X's clock is ahead of ours, as last measured
	app    appKeys

	mu sync.Mutex
	me bridge.Account
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

func newCaller(config Config) *caller {
	config.APIBase = strings.TrimSuffix(config.APIBase, "/")
	config.UploadBase = strings.TrimSuffix(config.UploadBase, "/")
	if config.UserAgent == "" {
		config.UserAgent = "Perch"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented to be one
	transport.MaxIdleConnsPerHost = maxIdleConns
	transport.TLSHandshakeTimeout = dialTimeout
	transport.ResponseHeaderTimeout = headerTimeout
	transport.IdleConnTimeout = idleTimeout
	c := &caller{config: config, plain: &http.Client{Transport: transport, CheckRedirect: noRedirect}}
	c.setSkew(0)
	return c
}

// noRedirect keeps keys from travelling to another address.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// setSkew makes a signing client for the given difference between X's clock and ours.
func (c *caller) setSkew(ahead time.Duration) {
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
func (c *caller) Skew() time.Duration { return c.signed.Load().ahead }

// ClockAhead returns how far X's clock was ahead of this computer's in X's last answer, exact to some seconds; negative
// when it was behind, 0 when X has never answered.
func (c *caller) ClockAhead() time.Duration { return time.Duration(c.ahead.Load()) }

// Close drops idle connections.
func (c *caller) Close() { c.plain.CloseIdleConnections() }
