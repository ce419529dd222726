package bridge

import (
	"context"
	"time"
)

// Window is one rate-limit window of an endpoint as X's headers told it.
type Window struct {
	// Name is "15min" for the plain headers, "user_24h" and "app_24h" for the daily ones.
	Name             string
	Limit, Remaining int
	// Reset is when the window is full again.
	Reset time.Time
}

// Quota keeps what X told about its limits. It is safe for concurrent use.
type Quota interface {
	// Admit returns a RateLimited *Error without any call when a known window of the endpoint is used up.
	Admit(endpoint string) error
	// Observe takes in the windows of an answer; limited is set for a 429.
	Observe(endpoint string, windows []Window, limited bool)
}

// Limits is a Quota that people can look at.
type Limits interface {
	Quota
	// Windows returns a copy of all windows that have not been reset yet, by endpoint.
	Windows() map[string][]Window
	// Flush writes what has changed to the journal. What cannot be written is tried again at the next flush.
	Flush(ctx context.Context)
}

// MaxWindow is the longest time for which a limit of X is believed to be used up: its longest window is of 24 hours (X
// docs: rate limits).
const MaxWindow = 24 * time.Hour

// The endpoints that make X send something; X's client reports their limits under these names.
const (
	EndpointDM   = "dm.send"
	EndpointPost = "post.create"
	// EndpointChat is that of encrypted messages.
	EndpointChat = "chat.send"
)
