package sim

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Motion is a simulated XCALLY Motion with one Open Channel account. Make one with StartMotion. All methods are safe
// for concurrent use.
type Motion struct {
	options MotionOptions
	server  *server
	client  *http.Client
	faults  faults
	odd     oddities
	notes   notes
	pin     string
	ctx     context.Context //nolint:containedctx // ends the calls of the Reply URL at Close
	stop    context.CancelFunc

	mu           sync.Mutex
	lastID       int
	replyURL     string
	contacts     map[string]*contact // by the value of the Map Key
	interactions []*interaction
	messages     []MotionMessage
	attachments  map[int]Attachment
	badLogins    int
	lockedUntil  time.Time
}

// StartMotion starts a simulated Motion without contacts.
func StartMotion(options MotionOptions) (*Motion, error) {
	options.fill()
	ctx, stop := context.WithCancel(context.Background())
	m := &Motion{
		options: options, ctx: ctx, stop: stop, contacts: map[string]*contact{}, attachments: map[int]Attachment{}, lastID: 40,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute}},
	}
	m.server = newServer(options.Addr, m.routes())
	if options.TLS {
		config, pin, err := selfSigned()
		if err != nil {
			stop()
			return nil, err
		}
		m.server.tls, m.pin = config, pin
	}
	if err := m.server.up(); err != nil {
		stop()
		return nil, err
	}
	return m, nil
}

// Options returns what Motion is, complete.
func (m *Motion) Options() MotionOptions { return m.options }

// URL returns the base address without a path.
func (m *Motion) URL() string {
	scheme := "http://"
	if m.options.TLS {
		scheme = "https://"
	}
	return scheme + m.server.addr()
}

// ReceiveURL returns the address that takes what customers write.
func (m *Motion) ReceiveURL() string {
	return m.URL() + "/api/openchannel/accounts/" + strconv.Itoa(m.options.AccountID) + "/notify"
}

// Pin returns the SHA-256 of the certificate in hexadecimal; empty without TLS.
func (m *Motion) Pin() string { return m.pin }

// Down cuts every connection and refuses new ones until Up; what Motion knows stays.
func (m *Motion) Down() { m.server.down() }

// Up listens at the old address again.
func (m *Motion) Up() error { return m.server.up() }

// Close ends Motion.
func (m *Motion) Close() error {
	m.stop()
	m.server.down()
	m.client.CloseIdleConnections()
	return nil
}

// Violations returns what Motion refused because the request was malformed, as "METHOD /path: why", in order.
func (m *Motion) Violations() []string { return m.notes.list() }

// Calls returns how many requests a path got whose form is given as in "POST /api/attachments"; "" means all.
func (m *Motion) Calls(pattern string) int { return m.notes.count(pattern) }
