package monitor

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"perch/app/replyurl"
)

const (
	// probeTime and maxProbe bound the question whether this relay answers at an address.
	probeTime = 3 * time.Second
	maxProbe  = 4 << 10
)

// Target is a channel whose Reply URL is watched.
type Target struct {
	Channel string
	// Login tells one client of Motion from another.
	Login any
	// CanAsk is set when there are credentials.
	CanAsk bool
	// Ask asks Motion; told is false where it does not offer the Reply URL.
	Ask func(context.Context) (address string, told bool, err error)
	Own replyurl.Own
	// Address is the channel's own Reply URL, Base where Motion is.
	Address, Base string
}

// judge says what is wrong with the address that Motion has; "" for nothing, as far as it can be told from here.
func (t Target) judge(ctx context.Context, address string) string {
	if address == t.Address {
		return ""
	}
	if wrong := replyurl.Judge(address, t.Own); wrong != "" {
		return wrong
	}
	theirs, err := url.Parse(address)
	own, ownErr := url.Parse(t.Address)
	if err != nil || ownErr != nil || theirs.Path != own.Path || !t.isHere(theirs, own) || answersHere(ctx, address) {
		return ""
	}
	return "the Reply URL in Motion leads to " + theirs.Host + ", but Perch listens on " + own.Host
}

// isHere reports whether an address surely means this computer to Motion, as it does to Perch.
func (t Target) isHere(theirs, own *url.URL) bool {
	if t.Own.Forward != "" {
		return false
	}
	if base, err := url.Parse(t.Base); replyurl.IsLoopback(theirs.Hostname()) {
		return err == nil && replyurl.IsLoopback(base.Hostname())
	}
	return strings.EqualFold(theirs.Hostname(), own.Hostname())
}

// answersHere asks an address with GET, which sends nothing: a Reply URL answers "use POST".
func answersHere(ctx context.Context, address string) bool {
	client := http.Client{Timeout: probeTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxProbe)) // what cannot be read is not ours
	return replyurl.Answers(answer.StatusCode, body)
}
