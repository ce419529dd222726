// Package motion is the client of XCALLY Motion: the Receive URL, attachments and the Open Channel account.
//
// It guarantees that every error is an *bridge.Error with a sentence for the admin, that credentials go to the
// configured server only and never along with a redirect, that a refused password is not tried again by itself
// (Motion locks accounts), and that every answer is bounded in size and time. A Client is safe for concurrent use.
package motion

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
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

var errPin = errors.New("the certificate is not the pinned one")

// pinned trusts one certificate and no other; Motion servers often sign their own.
func pinned(pin string) *tls.Config {
	want := strings.ToLower(strings.ReplaceAll(pin, ":", ""))
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection checks more strictly than the usual rules
		VerifyConnection: func(state tls.ConnectionState) error {
			sum := sha256.Sum256(state.PeerCertificates[0].Raw)
			if hex.EncodeToString(sum[:]) != want {
				return errPin
			}
			return nil
		},
	}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// HasCredentials reports whether Motion can be asked for more than taking messages.
func (c *Client) HasCredentials() bool { return c.hasCredentials() }

func (c *Client) hasCredentials() bool {
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

// answer is what Motion said.
type answer struct {
	status int
	header http.Header
	body   []byte
	asked  string // the address that was called
}

func (a *answer) ok() bool { return a.status/100 == 2 }

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

// classify turns an unsuccessful answer into an error that says what happens next. A refusal counts only in the form in
// which Motion refuses; a page of something in between is no word of Motion's.
func classify(op string, a *answer) *bridge.Error {
	if isFromTheWay(a) {
		return foreign(op, a)
	}
	e := &bridge.Error{Side: bridge.SideMotion, Op: op, Code: strconv.Itoa(a.status)}
	switch s := a.status; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		e.Kind, e.Message = bridge.Operator, "Motion refused the user or password"
		e.Remedy = "check user in perch.toml and the secret motion.password (or motion.api_key), then: perch reload"
	case s == http.StatusNotFound:
		e.Kind, e.Message = bridge.Operator, "Motion does not know this address"
		e.Remedy = "copy the Receive URL again from Motion (Open Channel account, Settings) into perch.toml, then: perch reload"
	case s == http.StatusTooManyRequests:
		e.Kind, e.Message, e.RetryAt = bridge.RateLimited, "Motion asks for fewer calls", retryAfter(a.header)
	case s/100 == 3:
		e.Kind, e.Message = bridge.Operator, "Motion's address answers with a redirect, which Perch does not follow"
		e.Remedy = "put the final address (https instead of http?) into receive_url in perch.toml, then: perch reload"
	case s == http.StatusRequestTimeout || s == http.StatusTooEarly || s >= http.StatusInternalServerError:
		e.Kind, e.Message, e.RetryAt = bridge.Temporary, "Motion is out of order at the moment", retryAfter(a.header)
		e.Remedy = "look at Motion's logs if it lasts; Perch keeps trying"
	default:
		e.Kind, e.Message = bridge.Rejected, "Motion refused it: "+said(a)
		e.Remedy = "read Motion's reason, mend it there, then: perch retry"
	}
	return e
}

// maxWait is the longest wait that Motion may ask for: it is the admin's own server, and is tried again rather too soon.
const maxWait = 15 * time.Minute

// retryAfter is the time that Retry-After asks for, as seconds or as a date; zero when there is none that makes sense.
func retryAfter(h http.Header) time.Time {
	value := strings.TrimSpace(h.Get("Retry-After"))
	wait := time.Duration(-1)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		wait = time.Duration(min(max(seconds, -1), maxWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = time.Until(at)
	}
	if wait < 0 {
		return time.Time{}
	}
	return time.Now().Add(min(wait, maxWait))
}
