package xapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge"
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

// do makes the call and returns X's answer when it is a success.
func (c *caller) do(ctx context.Context, what call) (*answer, error) {
	a, err := c.exchange(ctx, what)
	if err != nil {
		return nil, err
	}
	verdict, ok := a.verdict()
	if !ok {
		return nil, classify(what, verdict)
	}
	return a, nil
}

// exchange makes the call and returns X's answer, whatever it says; what only stands in X's place is an error.
func (c *caller) exchange(ctx context.Context, what call) (*answer, error) {
	if err := c.admit(what); err != nil {
		return nil, err
	}
	a, err := c.inTime(ctx, what)
	if err != nil {
		return nil, err
	}
	c.noteClock(a.header)
	c.observe(what.endpoint, a)
	return a, nil
}

// admit reports why a call is not made at all.
func (c *caller) admit(what call) error {
	if err := c.checkKeys(what.op); err != nil {
		return err
	}
	if c.config.Quota == nil {
		return nil
	}
	return c.config.Quota.Admit(what.endpoint)
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

func (c *caller) observe(endpoint string, a *answer) {
	if c.config.Quota == nil {
		return
	}
	c.config.Quota.Observe(endpoint, windowsOf(a.header), a.status == http.StatusTooManyRequests)
}
