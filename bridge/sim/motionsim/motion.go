// Package motionsim is a simulated XCALLY Motion, an HTTP server on a loopback address inside this process. It takes
// notifications and attachments, and posts agents' replies to its Reply URL.
//
// It is strict: a request that the documentation does not allow is refused and noted, so that a test can demand that
// Motion.Violations stays empty. Wrong credentials are refused too, but are no violation. It can be told to fail
// (Motion.Fault) and to be hostile (Motion.Hostile). It knows nothing of X. Close ends its calls of the Reply URL.
package motionsim

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// Motion is a simulated XCALLY Motion with one Open Channel account. Make one with Start. All methods are safe
// for concurrent use.
type Motion struct {
	options Options
	server  *serve.Server
	client  *http.Client
	faults  fault.List
	odd     hostile.List
	notes   serve.Notes
	pin     string
	ctx     context.Context //nolint:containedctx // ends the calls of the Reply URL at Close
	stop    context.CancelFunc

	mu           sync.Mutex
	lastID       int
	replyURL     string
	contacts     map[string]*contact // by the value of the Map Key
	interactions []*interaction
	messages     []Message
	attachments  map[int]Attachment
	refused      []string // fields of a contact
	badLogins    int
	lockedUntil  time.Time
}

// Options returns what Motion is, complete.
func (m *Motion) Options() Options { return m.options }

// URL returns the base address without a path.
func (m *Motion) URL() string {
	scheme := "http://"
	if m.options.TLS {
		scheme = "https://"
	}
	return scheme + m.server.Addr()
}

// ReceiveURL returns the address that takes what customers write.
func (m *Motion) ReceiveURL() string {
	return m.URL() + "/api/openchannel/accounts/" + strconv.Itoa(m.options.AccountID) + "/notify"
}

// Pin returns the SHA-256 of the certificate in hexadecimal; empty without TLS.
func (m *Motion) Pin() string { return m.pin }

// Down cuts every connection and refuses new ones until Up; what Motion knows stays.
func (m *Motion) Down() { m.server.Down() }

// Up listens at the old address again.
func (m *Motion) Up() error { return m.server.Up() }

// Close ends Motion.
func (m *Motion) Close() error {
	m.stop()
	m.server.Down()
	m.client.CloseIdleConnections()
	return nil
}

// Violations returns what Motion refused because the request was malformed, as "METHOD /path: why", in order.
func (m *Motion) Violations() []string { return m.notes.List() }

// Calls returns how many requests a path got whose form is given as in "POST /api/attachments"; "" means all.
func (m *Motion) Calls(pattern string) int { return m.notes.Count(pattern) }

// nextID makes an id. The caller holds mu.
func (m *Motion) nextID() int {
	m.lastID++
	return m.lastID
}
