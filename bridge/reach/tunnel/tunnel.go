// Package tunnel gives Perch a public address where it has none: an SSH remote forward, ngrok, cloudflared, or a port of
// its own with a certificate.
//
// It guarantees that a listener goes on accepting across every outage, without a person, for as long as its context
// lasts; that a link which only looks alive is found by a deadline and replaced; that trouble is told in words with what
// to do, and never hides behind "connecting"; that no SSH server is trusted whose key a person has not accepted; and that
// no secret reaches a log, a state, an error or a child's arguments. What arrives is not filtered here: the handler of
// every public listener is wrapped in PublicOnly.
package tunnel

import (
	"context"
	"net"
	"time"
)

// The values of State.State.
const (
	// Connecting means that the first attempt is under way, or that the tunnel is not open.
	Connecting = "connecting"
	// Connected means that the link is up. Whether X reaches it, only a request to the public URL can prove.
	Connected = "connected"
	// Degraded means that something is wrong that may pass; Perch tries again by itself at RetryAt.
	Degraded = "degraded"
	// Failed means that a person has to act. Perch notices most remedies by itself; Retry makes it look at once.
	Failed = "failed"
)

// State is how a tunnel is.
type State struct {
	// State is one of the four constants.
	State string
	// PublicURL is the scheme and host at which X reaches the listener, or the whole URL when one was configured; empty
	// while it is not known.
	PublicURL string
	// Detail says in words what is; Remedy what to do, and is empty where there is nothing to do.
	Detail, Remedy string
	// Code names the trouble for programs ("ssh/host_key_unknown"); empty when there is none.
	Code string
	// Since is when the tunnel came into this State.
	Since time.Time
	// RetryAt is when the next attempt is due; zero when none is planned or its time is not known.
	RetryAt time.Time
}

// Tunnel is one way to be reached. All methods are safe for concurrent use.
type Tunnel interface {
	// Listen opens the tunnel and returns at once; the work goes on behind the listener. Accept goes on working across
	// reconnects; it returns net.ErrClosed when the listener is closed, and a second after ctx has ended. Requests under
	// way then have 10 s to finish. The error is a *bridge.Error about a configuration that can never work; every other trouble is in State.
	// A tunnel may be opened again after Wait.
	Listen(ctx context.Context) (net.Listener, error)
	// State returns how the tunnel is now.
	State() State
	// Retry makes a tunnel that waits try again at once.
	Retry()
	// Wait returns when all that Listen started has ended, which takes at most 15 s after the end of its context.
	Wait()
}

// The codes that a program may want to act on.
const (
	CodeHostKeyUnknown = "ssh/host_key_unknown"
	CodeHostKeyChanged = "ssh/host_key_changed"
	CodePassphrase     = "ssh/passphrase"
	CodeLoginRefused   = "ssh/login_refused"
	CodePortTaken      = "ssh/port_taken"
	CodeForwardDenied  = "ssh/forward_denied"
	CodeFrozen         = "ssh/frozen"
	CodeToken          = "tunnel/token"
	CodeNoProgram      = "cloudflared/missing"
	CodeCertificate    = "tls/certificate"
	CodePortInUse      = "tls/port_in_use"
)
