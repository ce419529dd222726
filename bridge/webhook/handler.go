// Package webhook is the HTTP entry: X's webhook (CRC and events), Motion's Reply URL and a health check.
//
// It guarantees that a body from X is kept only when its signature is right, and acknowledged only when it is on
// disk; that a CRC answer never signs anything but a token; that Motion's reply is answered in time with what became
// of it; that nothing ever redirects; and that every byte from outside is bounded. A Handler is safe for concurrent use;
// each request is served from its beginning to its end by one Config, whenever Update comes.
package webhook

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge"
)

const (
	// PathEvents is where X's events arrive; the channel's name may follow, after a slash.
	PathEvents = "/api/messages"
	// PathReply is followed by a slash and the channel's reply token.
	PathReply = "/reply"
	// PathLegacy is the old plugin's Reply URL.
	PathLegacy = "/sendMessage"
	// PathHealth answers 200 while Perch runs.
	PathHealth = "/healthz"

	// maxEvents and maxReply bound the bodies, in bytes.
	maxEvents = 16 << 20
	maxReply  = 1 << 20
	// largeBody is the size in bytes from which bodies are taken in a few at a time, so that many cannot use up the memory.
	largeBody = 1 << 20
	// smallBody is the size in bytes up to which memory is set aside before the body has come.
	smallBody  = 64 << 10
	largeSlots = 4
	// badSignatureLogEvery spaces the log lines about refused signatures.
	badSignatureLogEvery = 10 * time.Second
)

// EventSink keeps authentic bodies from X. It returns nil only when the body is on disk; it does not keep hold of body.
type EventSink interface {
	AcceptX(ctx context.Context, channels []string, body []byte) error
}

// ReplySink keeps agents' replies and says what became of them.
type ReplySink interface {
	AcceptReply(ctx context.Context, channel string, reply bridge.Reply, raw []byte) (bridge.Outcome, error)
}

// App is one X app and the channels that use it.
type App struct {
	Channels       []string
	ConsumerSecret string
}

// Channel is what the Reply URL needs to know of a channel.
type Channel struct {
	Name string
	// Token is the last part of the Reply URL.
	Token string
	// AccountID is Motion's number of the Open Channel account; picks the channel on the legacy path.
	AccountID string
	// MapKey returns the contact field that holds the handle.
	MapKey func() string
}

// Config is what a Handler is made of. Update changes Apps, Channels and LegacyReplyPath.
type Config struct {
	// Apps are in the order of their first channels.
	Apps     []App
	Channels []Channel
	Events   EventSink
	Replies  ReplySink
	// LegacyReplyPath opens PathLegacy.
	LegacyReplyPath bool
	Log             *slog.Logger
}

// Handler answers X and Motion. It implements http.Handler.
type Handler struct {
	events  EventSink
	replies ReplySink
	log     *slog.Logger
	now     atomic.Pointer[routes]
	large   chan struct{}

	stats      stats
	badLogged  atomic.Int64 // Unix ns of the last log line about a refused signature
	badSkipped atomic.Int64
}

// routes is who is served where. It is never changed but replaced as a whole.
type routes struct {
	apps     []*app
	byName   map[string]*app
	channels []Channel
	tokens   map[[sha256.Size]byte]*Channel
	isLegacy bool
}

// New returns a handler.
func New(config Config) *Handler {
	h := &Handler{events: config.Events, replies: config.Replies, log: config.Log, large: make(chan struct{}, largeSlots)}
	h.Update(config)
	return h
}

// Update puts the apps, the channels and the legacy path of config in the place of those before. Requests under way
// are served by the ones that they began with.
func (h *Handler) Update(config Config) {
	to := &routes{byName: map[string]*app{}, channels: config.Channels, tokens: map[[sha256.Size]byte]*Channel{}, isLegacy: config.LegacyReplyPath}
	for _, a := range config.Apps {
		one := newApp(a)
		to.apps = append(to.apps, one)
		for _, name := range a.Channels {
			to.byName[name] = one
		}
	}
	for i := range config.Channels {
		to.tokens[sha256.Sum256([]byte(config.Channels[i].Token))] = &config.Channels[i]
	}
	h.now.Store(to)
}

// ServeHTTP implements http.Handler. Paths are matched as they stand: X gives a webhook up when it is redirected.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, to := r.URL.Path, h.now.Load()
	switch {
	case path == PathEvents:
		h.serveX(w, r, to.apps)
	case strings.HasPrefix(path, PathEvents+"/"):
		h.serveChannel(w, r, to.byName[strings.TrimPrefix(path, PathEvents+"/")])
	case strings.HasPrefix(path, PathReply+"/"):
		h.serveReply(w, r, to.channelOf(strings.TrimPrefix(path, PathReply+"/")))
	case path == PathLegacy:
		h.serveLegacy(w, r, to)
	case path == PathHealth:
		w.WriteHeader(http.StatusOK)
	default:
		refuse(w, http.StatusNotFound, "there is nothing here")
	}
}

func (h *Handler) serveChannel(w http.ResponseWriter, r *http.Request, a *app) {
	if a == nil {
		refuse(w, http.StatusNotFound, "there is no such channel")
		return
	}
	h.serveX(w, r, []*app{a})
}

// channelOf finds the channel of a reply token without telling by its timing how much of a guess was right.
func (to *routes) channelOf(token string) *Channel {
	sum := sha256.Sum256([]byte(token))
	for known, ch := range to.tokens {
		if subtle.ConstantTimeCompare(sum[:], known[:]) == 1 {
			return ch
		}
	}
	return nil
}

var errTooLarge = errors.New("the body is too large")

// readBody reads a body of at most limit bytes. Large ones take turns.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, errTooLarge
	}
	if r.ContentLength < 0 || r.ContentLength > largeBody {
		select {
		case h.large <- struct{}{}:
			defer func() { <-h.large }()
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	reader := http.MaxBytesReader(w, r.Body, limit)
	if r.ContentLength >= 0 && r.ContentLength <= smallBody {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(reader, body)
		return body, err
	}
	body, err := io.ReadAll(reader)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = errTooLarge
	}
	return body, err
}

func refuseBody(w http.ResponseWriter, err error) {
	if errors.Is(err, errTooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too large")
		return
	}
	refuse(w, http.StatusBadRequest, "the body could not be read")
}
