package sim

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// MotionOptions say what the simulated Motion is. What is missing is made up; Motion.Options tells the result.
type MotionOptions struct {
	// Addr is where Motion listens; empty means a free port of 127.0.0.1.
	Addr string
	// User and Password are an admin's; APIKey is the other way to authenticate.
	User, Password, APIKey string
	// AccountID, Name and MapKey are of the one Open Channel account; 5, "X" and "twitter" when missing.
	AccountID int
	Name      string
	MapKey    string
	// Keys renames members of the account's JSON, because Motion's versions differ: {"replyUrl": "reply_url"}.
	Keys map[string]string
	// ChangeRefused is the status with which a change of the account is refused; 0 lets it be changed. Not every version
	// of Motion has the call, and not every user may make it.
	ChangeRefused int
	// NotifyAuth demands credentials at the Receive URL, too.
	NotifyAuth bool
	// MaxAttachment bounds a file, in bytes; 0 means 25 MB.
	MaxAttachment int64
	// TLS serves https with a certificate of its own; Motion.Pin names it.
	TLS bool
	// ReplyTimeout bounds a call of the Reply URL; 0 means 30 s.
	ReplyTimeout time.Duration
	// Now is Motion's clock; nil means time.Now.
	Now func() time.Time
	// Log receives one debug line for each call; nil means none.
	Log *slog.Logger
}

const (
	defaultAccount    = 5
	defaultAttachment = 25 << 20
	defaultReply      = 30 * time.Second
)

func (o *MotionOptions) fill() {
	setDefault(&o.User, "admin")
	setDefault(&o.Password, randomText(16))
	setDefault(&o.APIKey, randomText(40))
	setDefault(&o.Name, "X")
	setDefault(&o.MapKey, "twitter")
	if o.AccountID == 0 {
		o.AccountID = defaultAccount
	}
	if o.MaxAttachment == 0 {
		o.MaxAttachment = defaultAttachment
	}
	if o.ReplyTimeout == 0 {
		o.ReplyTimeout = defaultReply
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

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

// MotionFault is something that goes wrong at Motion. The fields mean the same as Fault's.
type MotionFault struct {
	// Path is how the path of the calls that it strikes begins; "" is any.
	Path    string
	Status  int
	RawBody string
	Header  map[string]string
	Delay   time.Duration
	Drop    bool
	After   bool
	Times   int
	Percent int
}

// Fault makes something go wrong from now on. Of several faults for a call, the one set first strikes.
func (m *Motion) Fault(f MotionFault) {
	if f.RawBody == "" && f.Status != 0 {
		f.RawBody = string(toJSON(map[string]any{"message": http.StatusText(f.Status)}))
	}
	m.faults.add(Fault{
		Endpoint: f.Path, Status: f.Status, RawBody: f.RawBody, Header: f.Header, Delay: f.Delay, Drop: f.Drop, After: f.After,
		Times: f.Times, Percent: f.Percent,
	})
}

// ClearFaults ends all faults.
func (m *Motion) ClearFaults() { m.faults.clear() }

// motionRequest is one call of Motion.
type motionRequest struct {
	*http.Request
	m    *Motion
	body []byte
}

func (in *motionRequest) malformed(status int, format string, args ...any) *answer {
	why := in.m.notes.violation(in.Method, in.URL.Path, format, args...)
	return asJSON(status, map[string]any{"message": why})
}

func (m *Motion) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, isPublic bool, serve func(*motionRequest) *answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { m.exchange(w, r, pattern, isPublic, serve) })
	}
	handle("POST /api/openchannel/accounts/{id}/notify", !m.options.NotifyAuth, m.notify)
	handle("POST /api/attachments", false, m.upload)
	handle("GET /api/attachments/{id}", false, m.showAttachment)
	handle("GET /api/attachments/{id}/download", false, m.download)
	handle("GET /api/openchannel/accounts", false, m.listAccounts)
	handle("GET /api/openchannel/accounts/{id}", false, m.showAccount)
	handle("PUT /api/openchannel/accounts/{id}", false, m.changeAccount)
	handle("GET /api/users", false, m.listUsers)
	handle("/", true, func(in *motionRequest) *answer { return in.malformed(http.StatusNotFound, "there is no such endpoint") })
	return mux
}

// exchange takes one call through faults and credentials to the endpoint.
func (m *Motion) exchange(w http.ResponseWriter, r *http.Request, pattern string, isPublic bool, serve func(*motionRequest) *answer) {
	m.notes.call(pattern)
	in := &motionRequest{Request: r, m: m}
	a := m.struck(in, false)
	if a == nil {
		a = m.answer(in, isPublic, serve)
	}
	m.options.Log.Debug("motion answered", "method", r.Method, "path", r.URL.Path, "status", a.status, "dropped", a.drop)
	if a.drop {
		drop(w)
		return
	}
	a.write(w)
}

func (m *Motion) answer(in *motionRequest, isPublic bool, serve func(*motionRequest) *answer) *answer {
	body, err := io.ReadAll(io.LimitReader(in.Body, m.options.MaxAttachment+maxJSON))
	if err != nil {
		return &answer{drop: true}
	}
	in.body = body
	odd := m.odd.next(func(o *Oddity) bool {
		return o.Endpoint != Replies && strings.HasPrefix(in.URL.Path, o.Endpoint) && holds(o.For, in.Request, body, m.about(in.Request))
	})
	if odd == nil {
		return m.carry(in, isPublic, serve)
	}
	return odd.strike(&m.odd, false, func() *answer { return m.carry(in, isPublic, serve) })
}

// carry checks the credentials and does what the call asks for.
func (m *Motion) carry(in *motionRequest, isPublic bool, serve func(*motionRequest) *answer) *answer {
	m.mu.Lock()
	a := m.checkCredentials(in, isPublic)
	if a == nil {
		a = serve(in)
	}
	m.mu.Unlock()
	if a.status/100 == 2 {
		if struck := m.struck(in, true); struck != nil {
			return struck
		}
	}
	return a
}

// struck returns the answer that a fault makes; nil when the call goes on.
func (m *Motion) struck(in *motionRequest, after bool) *answer {
	f := m.faults.nextFunc(after, func(path string) bool { return strings.HasPrefix(in.URL.Path, path) })
	switch {
	case f == nil:
		return nil
	case !wait(in.Context(), f.Delay) || f.Drop:
		return &answer{drop: true}
	case f.Status == 0:
		return nil
	}
	a := f.answer(false)
	if a.headers.Get("Content-Type") == "" {
		a.header().Set("Content-Type", "application/json; charset=utf-8")
	}
	return a
}
