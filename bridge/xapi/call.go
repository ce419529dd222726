package xapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

const (
	// maxAnswer is the most that is read of an answer, in bytes.
	maxAnswer = 4 << 20
	// skewTolerance is the clock difference from which a refused signature is blamed on the clock. X accepts "some
	// minutes"; the Date header is exact to a second.
	skewTolerance = 30 * time.Second
	// corrections is how often a call is signed anew because of the clock: a Date that makes no sense is told by the next one.
	corrections = 2
)

// call is one request to X.
type call struct {
	// op says in words what is done; endpoint names it for the rate limits.
	op, endpoint string
	method, url  string
	query        url.Values
	form         url.Values
	json         any
	body         []byte
	contentType  string
	// mayBeEmpty is set where X answers with a success that has no body.
	mayBeEmpty bool
	// sends marks a call that makes X send something: it is never repeated, and a lost answer is unknown.
	sends bool
	// bearer, when set, is used in place of the OAuth 1.0a signature.
	bearer string
	// basic sends the consumer key and secret themselves in place of the signature.
	basic bool
	// limit bounds the call; zero means callTimeout.
	limit time.Duration
}

// answer is what X said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// decode reads the answer. Members of an unexpected type are left out, so who needs one has to look whether it is there.
func (a *answer) decode(op string, into any) error {
	if err := loose.Read(a.body, into); err != nil {
		return a.unexpected(op, err)
	}
	return nil
}

// unexpected is the error of an answer that does not hold what was asked for.
func (a *answer) unexpected(op string, err error) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: op, Message: "X's answer does not hold what was asked for",
		Code: strconv.Itoa(a.status), Err: err,
	}
}

// isSigned reports whether the call carries an OAuth 1.0a signature.
func (w call) isSigned() bool { return w.bearer == "" && !w.basic }

// do makes the call and returns X's answer when it is a success.
func (c *caller) do(ctx context.Context, what call) (*answer, error) {
	a, err := c.exchange(ctx, what)
	if err != nil {
		return nil, err
	}
	if a.status/100 == 2 {
		if status, is := a.refusesInside(); is {
			return nil, classify(what, &answer{status, a.header, a.body})
		}
		return a, nil
	}
	return nil, classify(what, a)
}

// exchange makes the call and returns X's answer, whatever it says; what only stands in X's place is an error.
func (c *caller) exchange(ctx context.Context, what call) (*answer, error) {
	if keys := c.config.Keys.missing(); len(keys) > 0 {
		return nil, noKeys(what.op, c.config.Channel, keys)
	}
	if c.config.Quota != nil {
		if err := c.config.Quota.Admit(what.endpoint); err != nil {
			return nil, err
		}
	}
	a, err := c.inTime(ctx, what)
	if err != nil {
		return nil, err
	}
	c.noteClock(a.header)
	c.observe(what.endpoint, a)
	return a, nil
}

// inTime makes the call, and makes the signature anew where X refuses it because of the clock: X has surely not acted then.
func (c *caller) inTime(ctx context.Context, what call) (*answer, error) {
	for n := 0; ; n++ {
		by := c.signed.Load()
		a, err := c.once(ctx, what, by)
		isRefused := err == nil && a.status == http.StatusUnauthorized && what.isSigned()
		if !isRefused || !c.correctClock(a.header, by) || n == corrections {
			return a, err
		}
	}
}

// once makes one request. Its error says whether X may have acted.
func (c *caller) once(ctx context.Context, what call, by *signing) (*answer, error) {
	limit := what.limit
	if limit == 0 {
		limit = callTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	request, err := c.request(ctx, what)
	if err != nil {
		return nil, &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: what.op, Message: "the request cannot be made", Err: err}
	}
	client := by.client
	if !what.isSigned() {
		client = c.plain
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, lost(what, err, written.Load())
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil && response.StatusCode/100 == 2 {
		return nil, lost(what, err, true)
	}
	a := &answer{response.StatusCode, response.Header, body}
	if e := judgeForm(what, a); e != nil {
		return nil, e
	}
	return a, nil
}

func (c *caller) request(ctx context.Context, what call) (*http.Request, error) {
	body, contentType := what.body, what.contentType
	switch {
	case what.json != nil:
		var err error
		if body, err = json.Marshal(what.json); err != nil {
			return nil, err
		}
		contentType = "application/json"
	case what.form != nil:
		body, contentType = []byte(formEncode(what.form)), "application/x-www-form-urlencoded"
	}
	target := what.url
	if len(what.query) > 0 {
		target += "?" + formEncode(what.query)
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, what.method, target, reader)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if what.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+what.bearer)
	}
	if what.basic { // both are percent-encoded before they are joined (X docs: application-only authentication)
		r.SetBasicAuth(url.QueryEscape(c.config.Keys.ConsumerKey), url.QueryEscape(c.config.Keys.ConsumerSecret))
	}
	r.Header.Set("User-Agent", c.config.UserAgent)
	r.Header.Set("Accept", "application/json")
	return r, nil
}

// formEncode encodes a space as %20, which OAuth 1.0a's base string wants and every server reads.
func formEncode(v url.Values) string { return strings.ReplaceAll(v.Encode(), "+", "%20") }

// lost makes the error of a call without an answer.
func lost(what call, err error, written bool) *bridge.Error {
	e := &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: what.op, Message: unreachable(err), Err: err, Code: "network"}
	if what.sends && written {
		e.Kind, e.Message = bridge.OutcomeUnknown, "X's answer was lost, so it is not known whether the message went out"
	}
	return e
}

func unreachable(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "X did not answer in time"
	}
	if strings.Contains(err.Error(), "tls:") || strings.Contains(err.Error(), "x509:") {
		return "the secure connection to X failed; something in between may be inspecting it"
	}
	return "X cannot be reached; check this computer's internet connection"
}

// correctClock takes over X's clock when that explains a refused signature. A call beside may have done so already.
func (c *caller) correctClock(h http.Header, by *signing) bool {
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil || loose.Sane(theirs).IsZero() {
		return false
	}
	ahead := time.Until(theirs).Round(time.Second)
	if (ahead - by.ahead).Abs() < skewTolerance {
		return false
	}
	if (ahead - c.Skew()).Abs() < skewTolerance {
		return true
	}
	c.setSkew(ahead)
	c.config.Log.Warn("clock differs from x's; signing by x's clock", "ahead_s", int(ahead.Seconds()))
	return true
}

// noteClock measures X's clock against ours. The header is exact to a second.
func (c *caller) noteClock(h http.Header) {
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil && !loose.Sane(theirs).IsZero() {
		c.ahead.Store(int64(time.Until(theirs.Add(time.Second / 2)).Round(time.Second)))
	}
}

func noKeys(op, channel string, keys []string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: op, Message: "these secrets are not set: " + strings.Join(keys, ", "),
		Remedy: "store each with: perch secret set --channel " + channel + " " + keys[0],
	}
}

func (c *caller) api(path string) string { return c.config.APIBase + path }
