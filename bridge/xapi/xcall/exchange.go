package xcall

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"perch/bridge"
)

const (
	// maxAnswer is the most that is read of an answer, in bytes: a page of 100 messages of 10,000 signs has 6 MB.
	maxAnswer = 16 << 20
	// corrections is how often a call is signed anew because of the clock: a Date that makes no sense is told by the next one.
	corrections = 2
)

// Do makes the call and returns X's answer when it is a success.
func (c *Caller) Do(ctx context.Context, what Call) (*Answer, error) {
	a, err := c.Exchange(ctx, what)
	return success(what, a, err)
}

// success makes an error of every answer that is not one.
func success(what Call, a *Answer, err error) (*Answer, error) {
	if err != nil {
		return nil, err
	}
	verdict, ok := a.Verdict()
	if !ok {
		return nil, Classify(what, verdict)
	}
	return a, nil
}

// Exchange makes the call and returns X's answer, whatever it says; what only stands in X's place is an error. Where X wants
// an OAuth 2.0 login for calls of this family and there is one, it is used.
func (c *Caller) Exchange(ctx context.Context, what Call) (*Answer, error) {
	if what.isSigned() && c.login.isChosen(what.Family) {
		return c.asLogin(ctx, what)
	}
	a, err := c.exchange(ctx, what)
	switch {
	case err != nil || !what.isSigned():
	case what.Family.wantsLogin(a) && c.login.choose(what.Family):
		return c.asLogin(ctx, what)
	case what.Family.mayWantLogin(a) && c.login.isThere():
		return c.orLogin(ctx, what, a)
	}
	return a, err
}

// orLogin makes a refused call with the login, and chooses that if X lets it in; else the first refusal stands.
func (c *Caller) orLogin(ctx context.Context, what Call, refused *Answer) (*Answer, error) {
	a, err := c.asLogin(ctx, what)
	switch {
	case bridge.KindOf(err) == bridge.Operator: // of the login itself
		return refused, nil
	case err != nil:
		return nil, err
	case a.RefusesKeys():
		return refused, nil
	case a.Status/100 == 2:
		c.login.choose(what.Family)
	}
	return a, nil
}

// exchange makes the call with the keys that it names.
func (c *Caller) exchange(ctx context.Context, what Call) (*Answer, error) {
	if err := c.admit(what); err != nil {
		return nil, err
	}
	a, err := c.inTime(ctx, what)
	if err != nil {
		return nil, err
	}
	c.noteClock(a.Header)
	c.observe(what.Endpoint, a)
	return a, nil
}

// admit reports why a call is not made at all.
func (c *Caller) admit(what Call) error {
	if err := c.CheckKeys(what.Op); err != nil && !what.isLogin {
		return err
	}
	if c.config.Quota == nil {
		return nil
	}
	return c.config.Quota.Admit(what.Endpoint)
}

// inTime makes the call, and makes the signature anew where X refuses it because of the clock: X has surely not acted then.
func (c *Caller) inTime(ctx context.Context, what Call) (*Answer, error) {
	for n := 0; ; n++ {
		by := c.signed.Load()
		a, err := c.once(ctx, what, by)
		isRefused := err == nil && a.Status == http.StatusUnauthorized && what.isSigned()
		if !isRefused || !c.correctClock(a.Header, by) || n == corrections {
			return a, err
		}
	}
}

// once makes one request. Its error says whether X may have acted.
func (c *Caller) once(ctx context.Context, what Call, by *signing) (*Answer, error) {
	limit := what.Limit
	if limit == 0 {
		limit = callTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	isOpen := false
	defer func() {
		if !isOpen {
			cancel()
		}
	}()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	request, err := c.request(ctx, what)
	if err != nil {
		return nil, &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: what.Op, Message: "the request cannot be made", Err: err}
	}
	client := by.client
	if !what.isSigned() {
		client = c.plain
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, Lost(what, err, written.Load())
	}
	if file := fileOf(what, response, cancel); file != nil {
		isOpen = true
		return &Answer{Status: response.StatusCode, Header: response.Header, file: file}, nil
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil && response.StatusCode/100 == 2 {
		return nil, Lost(what, err, true)
	}
	if len(body) > maxAnswer && !what.Sends {
		return nil, &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Code: bridge.CodeTooLong, Message: "X's answer is longer than Perch reads"}
	}
	a := &Answer{Status: response.StatusCode, Header: response.Header, Body: body, byLogin: what.isLogin}
	if e := judgeForm(what, a); e != nil {
		return nil, e
	}
	return a, nil
}

// Lost makes the error of a call without an answer.
func Lost(what Call, err error, written bool) *bridge.Error {
	message, remedy := unreachable(err)
	e := &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Message: message, Remedy: remedy, Err: err, Code: "network"}
	if what.Sends && written {
		e.Remedy = ""
		e.Kind, e.Message = bridge.OutcomeUnknown, "X's answer was lost, so it is not known whether the message went out"
	}
	return e
}

func unreachable(err error) (message, remedy string) {
	if errors.Is(err, context.DeadlineExceeded) {
		return "X did not answer in time", ""
	}
	if strings.Contains(err.Error(), "tls:") || strings.Contains(err.Error(), "x509:") {
		return "the secure connection to X failed; something in between may be inspecting it", "let the firewall pass X through unopened"
	}
	return "X cannot be reached", "check this computer's internet connection"
}

func (c *Caller) observe(endpoint string, a *Answer) {
	if c.config.Quota == nil {
		return
	}
	c.config.Quota.Observe(endpoint, windowsOf(a.Header), a.Status == http.StatusTooManyRequests)
}
