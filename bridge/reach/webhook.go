package reach

import (
	"sync"
	"time"

	"perch/bridge/endpoint"
	"perch/bridge/wait"
)

const (
	// hookEvery is the time between looks at the webhook while all is well, hookSoon while it is not.
	hookEvery, hookSoon = time.Minute, 20 * time.Second
	// hookEveryV11 holds for v1.1 in either case: X takes 15 such calls in 15 minutes.
	hookEveryV11 = 75 * time.Second
	// probeFirst is when the first probe goes out, probeEvery and probeSoon the time between probes, in good times and in
	// bad ones. probeAgain is the wait before a failed probe is repeated, because one lost packet is no outage.
	probeFirst, probeEvery, probeSoon, probeAgain = 10 * time.Second, time.Minute, 20 * time.Second, 5 * time.Second
	// urlEvery is the time between looks at the public URL, which a tunnel may change.
	urlEvery = 2 * time.Second
)

// WebhookConfig is what a webhook is made of. Every field is needed but those of Prober that say otherwise.
type WebhookConfig struct {
	Config
	endpoint.Prober
	// URL returns the address that X is to call; "" while there is none. It is asked again and again.
	URL func() string
}

// Webhook is the way in by a webhook. It registers the address by itself, watches it, and repairs what X drops.
type Webhook struct {
	WebhookConfig
	*board
	upkeep  *upkeep
	closers closers
	poked   wait.Signal
	healed  wait.Signal // wakes the probing when the watch finds all well again

	// The next four are of the goroutine that watches.
	id        string // of the webhook at X; "" while it is not known
	isBroken  bool   // it is there, but not valid
	isRefused bool   // X did not take it
	reason    string // why it was broken

	mu       sync.Mutex
	lastGood time.Time // when webhook and subscriptions were last as they should be
	blame    string    // why the last probe failed; "" when it did not
}

var _ Source = (*Webhook)(nil)

// NewWebhook returns a webhook that does nothing until Run.
func NewWebhook(c WebhookConfig) *Webhook {
	b := newBoard(ModeWebhook, &c.Config)
	b.url = c.URL
	cannot := nothing
	if c.app().HasActivity() {
		cannot = unaskable
	}
	return &Webhook{
		WebhookConfig: c, board: b, upkeep: newUpkeep(c.Config, b), closers: newClosers(c.Config, b, cannot),
		poked: wait.NewSignal(), healed: wait.NewSignal(),
	}
}

// Poke implements Source.
func (w *Webhook) Poke() { w.poked.Send() }

func (w *Webhook) goodAt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastGood
}

func (w *Webhook) repaired(cause string) {
	since := w.goodAt()
	if since.IsZero() {
		return
	}
	w.Log.Warn("webhook repaired", "audit", true, "webhook", w.id, "cause", cause, "took_s", int(time.Since(since).Seconds()))
	w.closers.missed("", since)
}

func (w *Webhook) key() string { return "reach/" + w.Members[0].Channel + "/webhook" }
