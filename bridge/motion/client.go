// Package motion is the client of XCALLY Motion: the Receive URL, attachments and the Open Channel account.
//
// It guarantees that every error is an *bridge.Error with a sentence for the admin, that credentials go to the
// configured server only and never along with a redirect, that a refused password is not tried again by itself
// (Motion locks accounts), and that every answer is bounded in size and time. A Client is safe for concurrent use.
package motion

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"perch/bridge"
)

const (
	// callTimeout bounds a call that carries text; fileTimeout one that carries a file.
	callTimeout = 30 * time.Second
	fileTimeout = 2 * time.Minute
	// dialTimeout bounds the set-up of a connection.
	dialTimeout = 10 * time.Second
	// maxAnswer is the most that is read of an answer that is not a file, in bytes.
	maxAnswer = 1 << 20
	// maxIdleConns is how many connections to Motion stay open; as many as deliveries go side by side.
	maxIdleConns = 16
	// DefaultMapKey is the contact field that the old plugin used.
	DefaultMapKey = "twitter"
)

// Config is what a Client is made of.
type Config struct {
	// ReceiveURL is used verbatim, query included.
	ReceiveURL string
	// BaseURL is scheme and host of Motion's API; empty means those of ReceiveURL.
	BaseURL string
	// MapKey is the contact field that holds the X handle; empty means that the account is asked.
	MapKey string
	// User and Password, or APIKey, are needed for files and for reading the Map Key.
	User, Password, APIKey string
	// TLSPin is the SHA-256 of the one certificate that is trusted, in hex, with or without colons; empty means the
	// usual rules.
	TLSPin string
	Log    *slog.Logger
}

// Client speaks to one Open Channel account. It implements bridge.MotionClient.
type Client struct {
	config Config
	base   string
	http   *http.Client

	// isPlain is set once Motion took a message only without what it told of the contact.
	isPlain atomic.Bool

	mu     sync.Mutex
	mapKey string // as the account told
}

var _ bridge.MotionClient = (*Client)(nil)

// New returns a client; it makes no call.
func New(config Config) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented to be one
	transport.MaxIdleConnsPerHost = maxIdleConns
	transport.TLSHandshakeTimeout = dialTimeout
	if config.TLSPin != "" {
		transport.TLSClientConfig = pinned(config.TLSPin)
	}
	base := strings.TrimSuffix(config.BaseURL, "/")
	if u, err := url.Parse(config.ReceiveURL); base == "" && err == nil {
		base = u.Scheme + "://" + u.Host
	}
	return &Client{config: config, base: base, http: &http.Client{Transport: transport, CheckRedirect: noRedirect}}
}

// With returns a client with another configuration. It knows the Map Key that c has learned, when it is the same
// account's. c stays as it is, for the calls under way.
func (c *Client) With(config Config) *Client {
	next := New(config)
	if config.ReceiveURL == c.config.ReceiveURL && next.base == c.base {
		c.mu.Lock()
		defer c.mu.Unlock()
		next.mapKey = c.mapKey
	}
	return next
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// HasCredentials reports whether Motion can be asked for more than taking messages.
func (c *Client) HasCredentials() bool {
	return c.config.APIKey != "" || (c.config.User != "" && c.config.Password != "")
}

// authorize adds the credentials. The key is preferred, because passwords expire.
func (c *Client) authorize(r *http.Request) {
	if c.config.APIKey == "" {
		r.SetBasicAuth(c.config.User, c.config.Password)
		return
	}
	q := r.URL.Query()
	q.Set("apikey", c.config.APIKey)
	r.URL.RawQuery = q.Encode()
}

// call is one request to Motion.
type call struct {
	op, method, url string
	body            []byte
	contentType     string
	authorized      bool
	// limit is the most that is read of the answer, and timeout bounds the call.
	limit   int64
	timeout time.Duration
}

func (c *Client) do(ctx context.Context, what call) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, what.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, what.method, what.url, bytes.NewReader(what.body))
	if err != nil {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideMotion, Op: what.op, Message: "Motion's address is not valid",
			Remedy: "check receive_url and base_url in perch.toml", Err: err,
		}
	}
	if what.contentType != "" {
		r.Header.Set("Content-Type", what.contentType)
	}
	r.Header.Set("Accept", "application/json")
	if what.authorized {
		c.authorize(r)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(what.op, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, what.limit+1))
	if err != nil {
		return nil, unreachable(what.op, err)
	}
	if int64(len(body)) > what.limit {
		return nil, &bridge.Error{
			Kind: bridge.Rejected, Side: bridge.SideMotion, Op: what.op, Message: "Motion's answer is too large",
			Remedy: "send a smaller file",
		}
	}
	return &answer{response.StatusCode, response.Header, body, what.url}, nil
}

// apiKeyInURL finds the key in an address, which Go's errors quote.
var apiKeyInURL = regexp.MustCompile(`(apikey|token)=[^&"\s]+`)

// unreachable makes the error of a call without an answer.
func unreachable(op string, err error) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideMotion, Op: op, Code: "network", Message: "Motion cannot be reached",
		Remedy: "check that Motion is running and that this computer can reach it; Perch keeps trying",
		Err:    errors.New(apiKeyInURL.ReplaceAllString(err.Error(), "$1=…")), //nolint:err113 // the cause without the key
	}
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	const pinRemedy = "if the server is yours, put the SHA-256 of its certificate into tls_pin in perch.toml, then: perch reload; Perch keeps trying"
	switch {
	case errors.Is(err, errPin):
		e.Message, e.Remedy = "Motion's certificate is not the one in tls_pin", "if you have renewed it, put the new SHA-256 into tls_pin in perch.toml, then: perch reload"
	case errors.As(err, &unknown):
		e.Message, e.Remedy = "Motion's certificate is not signed by an authority that this computer knows", pinRemedy
	case errors.As(err, &host):
		e.Message, e.Remedy = "Motion's certificate is for another name", "use the name in the certificate in receive_url, or "+pinRemedy
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.Message, e.Remedy = "Motion's certificate has expired", "renew it on the Motion server; Perch keeps trying"
	case errors.Is(err, context.DeadlineExceeded):
		e.Message = "Motion did not answer in time"
	}
	return e
}

var accountPath = regexp.MustCompile(`/accounts/([^/?]+)/(notify|receive)`)

// AccountID returns the number of the Open Channel account in the Receive URL, or "".
func (c *Client) AccountID() string {
	if m := accountPath.FindStringSubmatch(c.config.ReceiveURL); m != nil {
		return m[1]
	}
	return ""
}
