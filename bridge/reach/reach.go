// Package reach is how X's events reach Perch: by X's activity stream, by webhook, or by asking X again and again.
//
// It guarantees that a source says Connected only while that is proved, not assumed; that a cut at any place makes it
// Degraded within 90 s, with words that name the place; that it mends by itself, without running hot, what can be
// mended without a person; and that after every outage what was missed is fetched from X and handed on, oldest first.
// Everything enters through Inbox, which removes what it knows already, so that nothing is delivered twice.
//
// A source serves one X app with all the channels that use it. State may be called at any time from anywhere; Run is
// called once and returns when its context ends.
package reach

import (
	"context"
	"log/slog"
	"time"

	"perch/bridge"
	"perch/bridge/xapi"
)

// Source is one way in. Run works until ctx ends, waits for everything it has started and returns nil.
type Source interface {
	Run(ctx context.Context) error
	State() State
	// Poke makes the source check again at once, because somebody has mended something or the public URL has changed.
	Poke()
}

// The modes, as in perch.toml.
const (
	ModeStream  = "stream"
	ModeWebhook = "webhook"
	ModePoll    = "poll"
)

// The states of a source.
const (
	// Unknown is before Run, Connecting until the first proof.
	Unknown    = "unknown"
	Connecting = "connecting"
	// Connected says that the source was proved in the last five minutes and nothing is known to be wrong.
	Connected = "connected"
	Degraded  = "degraded"
)

// State is a source as people see it.
type State struct {
	Mode string
	// PublicURL is what X calls; webhook mode only.
	PublicURL string
	State     string
	// Detail says in words what is wrong, beginning with the place; while Connected, what is worth knowing, or nothing.
	Detail string
	// Remedy says what to do; empty when Perch deals with it by itself.
	Remedy string
	// Kind is that of what is wrong while Degraded: with bridge.Operator a person has to act. RetryAt is when Perch asks again;
	// zero when that is not known.
	Kind    bridge.Kind
	RetryAt time.Time
	// LastProof is when it was last certain that events arrive; zero for never.
	LastProof time.Time
	// Gaps are the latest outages that were closed, oldest first.
	Gaps []Gap
}

// Gap is a time in which events may not have arrived, and what became of it.
type Gap struct {
	Channel  string
	From, To time.Time
	// Recovered is how many messages were fetched afterwards.
	Recovered int
	// Lost says in words what X could no longer give; empty when nothing is known to be lost.
	Lost string
}

// Inbox takes bodies from X. It returns nil only when the body is on disk; it does not keep hold of body.
type Inbox interface {
	AcceptX(ctx context.Context, channels []string, body []byte) error
}

// Memory tells whether a message has come in before. It may know a moment later than Inbox took it.
type Memory interface {
	HasReceived(ctx context.Context, channel, xID string) (bool, error)
}

// Settings keeps small values over restarts; a missing one is "".
type Settings interface {
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Account is who a channel speaks for. Errors here and below are *bridge.Error.
type Account interface {
	OwnID(ctx context.Context) (string, error)
	// HasActivity reports whether the account's profile has the X Activity API.
	HasActivity() bool
	// ClockAhead is how far X's clock is ahead of this computer's.
	ClockAhead() time.Duration
}

// History lists what came before, newest first.
type History interface {
	MissedDMs(ctx context.Context, count int, next string) (xapi.Page, error)
	MissedMentions(ctx context.Context, sinceID string, count int, next string) (xapi.Page, error)
}

// Subscriptions are those of the X Activity API.
type Subscriptions interface {
	Subscriptions(ctx context.Context) ([]xapi.Subscription, error)
	Subscribe(ctx context.Context, eventType, webhookID string) error
	MoveSubscription(ctx context.Context, id, webhookID string) error
	Unsubscribe(ctx context.Context, id string) error
}

// Webhooks are the app's registered webhooks, and the subscription to everything that the Account Activity API has.
type Webhooks interface {
	Webhooks(ctx context.Context) ([]xapi.Webhook, error)
	RegisterWebhook(ctx context.Context, address string) (xapi.Webhook, error)
	RevalidateWebhook(ctx context.Context, id string) error
	DeleteWebhook(ctx context.Context, id string) error
	SubscribeAll(ctx context.Context, webhookID string) error
	IsSubscribedAll(ctx context.Context, webhookID string) (bool, error)
}

// Streamer opens the app's activity stream; see xapi.Client.
type Streamer interface {
	Stream(ctx context.Context, backfill int, handle func(line []byte) error) error
}

// X is all that the sources need of X; *xapi.Client has it.
type X interface {
	Account
	History
	Subscriptions
	Webhooks
	Streamer
}

var _ X = (*xapi.Client)(nil)

// Member is one channel of the X app.
type Member struct {
	Channel string
	X       X
	bridge.Wanted
}

// Config is what a source is made of. Every field is needed but Memory and Missed; without Memory everything that is fetched
// counts as recovered.
type Config struct {
	// Members are the channels of one X app, at least one. The first one's client makes the calls of the app.
	Members  []Member
	Inbox    Inbox
	Memory   Memory
	Settings Settings
	// Missed is told that something of a channel may have been missed which X lists elsewhere, such as encrypted messages.
	// It does not block.
	Missed func(channel string)
	// IsSaving, when set, reports whether X is to be asked less often where nothing seems to be missing.
	IsSaving func() bool
	Log      *slog.Logger
}

func (c *Config) tellMissed(channel string) {
	if c.Missed != nil {
		c.Missed(channel)
	}
}

func (c *Config) app() X { return c.Members[0].X }

func (c *Config) channels() []string {
	var names []string
	for _, m := range c.Members {
		names = append(names, m.Channel)
	}
	return names
}
