// Package webhook is the HTTP entry: X's webhook (CRC and events), Motion's Reply URL and a health check.
//
// It guarantees that a body from X is kept only when its signature is right, and acknowledged only when it is on
// disk; that a CRC answer never signs anything but a token; that Motion's reply is answered in time with what became
// of it; that nothing ever redirects; and that every byte from outside is bounded. A Handler is safe for concurrent use;
// each request is served from its beginning to its end by one Config, whenever Update comes.
//
// # Strangers
//
// Who has proved nothing never takes what X and Motion need. Up to 64 KB of a body need no room at all. Larger ones are
// charged to a budget as they come, X's posts, Motion's replies and the old plugin's path each to their own; when it is
// used up, the body under way that has brought nothing for longest is cut. A body of X's without a signature is read but
// not held. Senders that are slower than 8 KB a second are cut. When the most connections are open, a newcomer takes the
// place of the one that has shown nothing for longest, and of one that has brought a good signature or reply token only
// when there are no others. One peer has a share of both, unless it is Motion or comes from a loopback address, as all do
// that come by Motion's proxy and by most tunnels.
//
// What can be held at a time, whoever sends: for each listener 1,024 connections (1,280 for moments) with at most 64 KB of
// a body and about 40 KB of headers and buffers each, 130 MB; of larger bodies 64 MB from X, 8 MB from Motion and 2 MB on
// the old path, and one more beyond each, which keeps things moving: 92 MB; and copies of those that are being kept, two
// of X's and all of Motion's: 44 MB.
package webhook

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"sync/atomic"

	"perch/bridge"
)

const (
	// PathHealth answers 200 while Perch runs.
	PathHealth = "/healthz"

	// maxKeeping is how many large bodies are put together and kept side by side, after their signatures were found good.
	maxKeeping = 2
)

// EventSink keeps authentic bodies from X. It returns nil only when the body is on disk; it does not keep hold of body.
type EventSink interface {
	AcceptX(ctx context.Context, channels []string, body []byte) error
}

// ReplySink keeps agents' replies and says what became of them.
type ReplySink interface {
	AcceptReply(ctx context.Context, channel string, reply bridge.Reply, raw []byte) (bridge.Outcome, error)
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
	// LegacyReplyPath opens endpoint.PathLegacy.
	LegacyReplyPath bool
	Log             *slog.Logger
}

// Handler answers X and Motion. It implements http.Handler.
type Handler struct {
	events  EventSink
	replies ReplySink
	log     *slog.Logger
	now     atomic.Pointer[routes]
	// fromX, fromMotion and fromLegacy are the rooms for large bodies: nobody takes another's.
	fromX, fromMotion, fromLegacy *budget
	keeping                       chan struct{}

	stats                 stats
	badSigners, cutBodies *spaced
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
	h := &Handler{
		events: config.Events, replies: config.Replies, log: config.Log,
		fromX: newBudget(postsBudget, postsBudget/2), fromMotion: newBudget(repliesBudget, repliesBudget),
		fromLegacy: newBudget(legacyBudget, legacyBudget/2),
		keeping:    make(chan struct{}, maxKeeping), badSigners: &spaced{log: config.Log}, cutBodies: &spaced{log: config.Log},
	}
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
