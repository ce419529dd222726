package xstate

import (
	"log/slog"
	"slices"
	"time"
)

// Options say how the simulated X behaves. The zero value is a lenient self-serve X: no extra rules, no echoes, real
// limits. X.Change alters them later.
type Options struct {
	// Addr is where X listens; empty means a free port of 127.0.0.1. Only StartX reads it.
	Addr string
	// Now is X's clock; nil means time.Now. Waits are real time in any case.
	Now func() time.Time
	// Log receives one debug line for each call; nil means none.
	Log *slog.Logger

	// Echo makes what is sent by API come back as events of the sender (dm.sent, own posts).
	Echo bool
	// Summoned refuses a public reply unless the post that is answered names or quotes the replying account in its own
	// words.
	Summoned bool
	// V11Closed answers 403 with code 453 to every v1.1 call.
	V11Closed bool
	// WeightedLength counts a post; more than 280 is refused. Nil counts nothing.
	WeightedLength func(text string) int
	// PlainLinks leaves links as they were typed. X itself puts a t.co link in the place of each.
	PlainLinks bool

	// AllowAnyURL accepts webhook URLs that are not https or name a port.
	AllowAnyURL bool
	// Environments are the developer environments of v1.1; nil means that every name is one.
	Environments []string
	// WebhookLimit is how many webhooks one app may have; 0 means 1.
	WebhookLimit int
	// Deadline bounds a webhook call and a CRC; 0 means 3 s.
	Deadline time.Duration
	// Retries are the waits before each repeat of a failed delivery; nil means 3 s, 27 s and 242 s, empty none.
	Retries []time.Duration
	// DuplicateEvery delivers every nth event twice; 0 none.
	DuplicateEvery int
	// ReorderEvery delivers every nth event after the one that follows it; 0 none.
	ReorderEvery int
	// Batch puts up to that many legacy events of one kind and account into one POST; 0 means 1.
	Batch int
	// Parallel is how many deliveries to one webhook run at a time; 0 means 1, which keeps the order.
	Parallel int

	// MediaKeys makes dm.received name its files by media key only, so that they have to be looked up.
	MediaKeys bool
	// SubscriptionShape is the form of the answer to a new activity subscription, of which three are documented:
	// "" for data.subscription, "object" for data, "array" for a list in data.
	SubscriptionShape string
	// KeepAlive is the pause between keep-alive lines of a stream; 0 means 20 s.
	KeepAlive time.Duration
	// Processing is how long X takes to process a video or GIF.
	Processing time.Duration

	// LoginOnly are the endpoints that refuse OAuth 1.0a and take an OAuth 2.0 login only, by their names in faults; "chat"
	// is all of encrypted chat.
	LoginOnly []string
}

const (
	webhookDeadline = 3 * time.Second
	streamKeepAlive = 20 * time.Second
)

// deliveryRetries are the repeats of the v1.1 Enterprise documentation (Account Activity API: activity retries).
var deliveryRetries = []time.Duration{3 * time.Second, 27 * time.Second, 242 * time.Second}

func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Retries == nil {
		o.Retries = deliveryRetries
	}
	o.Retries = slices.Clone(o.Retries)
	if o.Deadline <= 0 {
		o.Deadline = webhookDeadline
	}
	if o.KeepAlive <= 0 {
		o.KeepAlive = streamKeepAlive
	}
	o.Batch, o.Parallel, o.WebhookLimit = max(o.Batch, 1), max(o.Parallel, 1), max(o.WebhookLimit, 1)
}
