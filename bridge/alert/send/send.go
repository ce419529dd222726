// Package send carries notices to people: by webhook, to Slack, Teams and Google Chat, by e-mail; and it makes the calls of a
// heartbeat.
//
// It guarantees that a call ends within Patience, whatever the other side does; that no redirect is followed, so that what is
// sent reaches the address that was set and no other; that certificates are checked, that a password goes over TLS only, and that
// no more of an answer is read than a few kilobytes. Errors are *bridge.Error in words and hold neither address, password nor key:
// Operator for what the admin has to put right, else Temporary. A Sender is safe for concurrent use.
package send

import (
	"context"
	"crypto/x509"
	"net/http"
	"time"

	"perch/bridge"
	"perch/bridge/alert"
)

// Patience bounds one call, and one talk with a mail server.
const Patience = 20 * time.Second

// The values of Target.Kind.
const (
	Webhook    = "webhook"
	Slack      = "slack"
	Teams      = "teams"
	GoogleChat = "google_chat"
	Email      = "email"
	Heartbeat  = "heartbeat"
)

// Target is where notices go.
type Target struct {
	// Name is the alert's, and Kind one of the constants.
	Name, Kind string
	// URL is where to call; Key signs what is sent to a webhook, and is empty for no signature.
	URL, Key string
	// Server is a mail server's host:port. IsTLS says that it speaks TLS from the start, and not after STARTTLS.
	Server         string
	IsTLS          bool
	User, Password string
	From           string
	To             []string
	// Host is this computer's name, and Version Perch's.
	Host, Version string
}

// Sender sends. Make it with New.
type Sender struct {
	http  *http.Client
	roots *x509.CertPool
	now   func() time.Time
}

// New returns a Sender that trusts roots; nil means the system's.
func New(roots *x509.CertPool) *Sender {
	return &Sender{http: newClient(roots), roots: roots, now: time.Now}
}

// Close drops idle connections.
func (s *Sender) Close() { s.http.CloseIdleConnections() }

// Send sends a notice. A warning is what there is to say although it has arrived: at some of the addresses only.
func (s *Sender) Send(ctx context.Context, t Target, n alert.Notice) (warning string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	switch t.Kind {
	case Email:
		return s.mail(ctx, t, n)
	case Heartbeat:
		return "", s.beat(ctx, t)
	case Slack:
		return "", s.post(ctx, t, slackForm(t, n), n)
	case Teams:
		return "", s.post(ctx, t, teamsForm(t, n), n)
	case GoogleChat:
		return "", s.post(ctx, t, chatForm(t, n), n)
	}
	return "", s.post(ctx, t, webhookForm(t, n), n)
}

// Beat makes one call of a heartbeat.
func (s *Sender) Beat(ctx context.Context, t Target) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	return s.beat(ctx, t)
}

func failed(t Target, kind bridge.Kind, message, remedy string, cause error) *bridge.Error {
	return &bridge.Error{Kind: kind, Side: bridge.SidePerch, Op: "send alert " + t.Name, Message: message, Remedy: remedy, Err: cause}
}
