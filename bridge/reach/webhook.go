package reach

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/wait"
	"perch/bridge/xapi"
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

// NewWebhook returns a webhook that does nothing until Run.
func NewWebhook(c WebhookConfig) *Webhook {
	b := newBoard(ModeWebhook, &c.Config)
	b.url = c.URL
	cannot := ""
	if c.app().HasActivity() {
		cannot = unaskable
	}
	return &Webhook{
		WebhookConfig: c, board: b, upkeep: newUpkeep(c.Config, b), closers: newClosers(c.Config, b, cannot),
		poked: wait.NewSignal(), healed: wait.NewSignal(),
	}
}

// Poke implements Way.
func (w *Webhook) Poke() { w.poked.Send() }

// Run implements Way.
func (w *Webhook) Run(ctx context.Context) error {
	w.start()
	var workers sync.WaitGroup
	for _, g := range w.closers {
		g.begin(ctx)
		g.wake.Send()
		workers.Go(func() { g.run(ctx) })
	}
	workers.Go(func() { w.probing(ctx) })
	w.watch(ctx)
	workers.Wait()
	return nil
}

// watch looks at the webhook and repairs it.
func (w *Webhook) watch(ctx context.Context) {
	wasGood := false
	for last := ""; ; {
		address := w.URL()
		delay := urlEvery
		if address != "" {
			if address != last {
				w.id, w.isBroken, last = "", false, address
			}
			isGood := w.check(ctx, address)
			if isGood && !wasGood {
				w.healed.Send()
			}
			delay, wasGood = w.pace(isGood), isGood
		}
		if !w.rest(ctx, delay, address) {
			return
		}
	}
}

func (w *Webhook) pace(isGood bool) time.Duration {
	switch {
	case !w.app().HasActivity():
		return hookEveryV11
	case isGood:
		return hookEvery
	default:
		return hookSoon
	}
}

// rest waits, but no longer than the address stays as it is.
func (w *Webhook) rest(ctx context.Context, delay time.Duration, address string) bool {
	look := time.NewTicker(urlEvery)
	defer look.Stop()
	for end := time.Now().Add(delay); ; {
		select {
		case <-look.C:
			if w.URL() != address || !time.Now().Before(end) {
				return true
			}
		case <-w.poked:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// check looks at the webhook and the subscriptions and makes them as they should be. It reports whether they are.
func (w *Webhook) check(ctx context.Context, address string) bool {
	err := w.mend(ctx, address)
	if bridge.KindOf(err) == bridge.RateLimited && !w.goodAt().IsZero() {
		return true // X does not let us look; what is not proved for too long shows anyway
	}
	if err != nil {
		w.failed(ctx, hopWebhook, "", w.explain(err))
		return false
	}
	w.fine(hopWebhook, "")
	if !w.upkeep.check(ctx, w.id, w.closers.missed) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastGood = time.Now()
	return true
}

func (w *Webhook) goodAt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastGood
}

// mend makes sure that the address is registered and valid. What is known to be broken is tried without asking for the
// list first: X counts the calls.
func (w *Webhook) mend(ctx context.Context, address string) error {
	switch {
	case w.isBroken:
		return w.renew(ctx, address)
	case w.isRefused:
		return w.register(ctx, address)
	}
	hooks, err := w.app().Webhooks(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(hooks, func(h xapi.Webhook) bool { return h.URL == address })
	if at < 0 {
		return w.register(ctx, address)
	}
	w.id = hooks[at].ID
	if hooks[at].Valid {
		return nil
	}
	return w.renew(ctx, address)
}

// renew makes X call the address, and take the webhook for valid when the answer is right.
func (w *Webhook) renew(ctx context.Context, address string) error {
	if !w.isBroken {
		w.isBroken, w.reason = true, w.cause(ctx, address)
	}
	err := w.app().RevalidateWebhook(ctx, w.id)
	switch {
	case bridge.KindOf(err) == bridge.Rejected: // gone
		w.isBroken = false
		return w.register(ctx, address)
	case err != nil:
		return err
	}
	w.isBroken = false
	w.repaired("X had marked it invalid: " + w.reason)
	return nil
}

// cause says why X may have marked the webhook invalid.
func (w *Webhook) cause(ctx context.Context, address string) string {
	w.mu.Lock()
	blame := w.blame
	w.mu.Unlock()
	if blame != "" {
		return blame
	}
	if err := w.Probe(ctx, address); err != nil {
		return bridge.AsError(err).Message
	}
	return "it did not answer for a time, or not as it should; now it does"
}

func (w *Webhook) repaired(cause string) {
	since := w.goodAt()
	if since.IsZero() {
		return
	}
	w.Log.Warn("webhook repaired", "audit", true, "webhook", w.id, "cause", cause, "took_s", int(time.Since(since).Seconds()))
	w.closers.missed("", since)
}

// register registers the address, and makes room for it when X has none.
func (w *Webhook) register(ctx context.Context, address string) error {
	w.isRefused = true
	hook, err := w.app().RegisterWebhook(ctx, address)
	if err != nil && bridge.AsError(err).Code == xapi.CodeWebhookLimit {
		if err := w.makeRoom(ctx, address, err); err != nil {
			return err
		}
		hook, err = w.app().RegisterWebhook(ctx, address)
	}
	if err != nil {
		return err
	}
	w.id, w.isRefused, w.isBroken = hook.ID, false, !hook.Valid
	w.Log.Info("webhook registered", "audit", true, "webhook", hook.ID, "host", hostOf(address))
	w.repaired("X did not have it any more")
	return w.replace(ctx)
}

func (w *Webhook) key() string { return "reach/" + w.Members[0].Channel + "/webhook" }

// replace remembers the webhook as Perch's own and deletes the one before it.
func (w *Webhook) replace(ctx context.Context) error {
	old, err := w.Settings.Setting(ctx, w.key())
	if err != nil || old == w.id {
		return err
	}
	if old != "" {
		if err := w.app().DeleteWebhook(ctx, old); err != nil {
			w.Log.Warn("old webhook not deleted", "webhook", old, "cause", err)
		}
	}
	return w.Settings.SetSetting(ctx, w.key(), w.id)
}

// makeRoom deletes one stale webhook: one that Perch made, that leads to the same place, or that answers wrongly. One
// that answers as it should belongs to somebody.
func (w *Webhook) makeRoom(ctx context.Context, address string, refused error) error {
	own, err := w.Settings.Setting(ctx, w.key())
	if err != nil {
		return err
	}
	hooks, err := w.app().Webhooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		why := ""
		switch {
		case h.ID == own:
			why = "Perch registered it for another address"
		case isSamePlace(h.URL, address):
			why = "it leads to the same place"
		case !h.Valid:
			why = "X has marked it invalid"
		case w.answersWrongly(ctx, h.URL):
			why = "it does not answer as it should"
		default:
			continue
		}
		w.Log.Warn("webhook deleted to make room", "audit", true, "webhook", h.ID, "host", hostOf(h.URL), "cause", why)
		return w.app().DeleteWebhook(ctx, h.ID)
	}
	e := *bridge.AsError(refused)
	e.Kind = bridge.Operator
	if len(hooks) > 0 {
		e.Message = "the X app's webhook leads to " + hostOf(hooks[0].URL) + ", where another program answers with the same keys"
		e.Remedy = "stop that program (the old Twitter plugin?) and wait a minute, or give Perch an X app of its own"
	}
	return &e
}

func (w *Webhook) answersWrongly(ctx context.Context, address string) bool {
	prober := endpoint.Prober{Sign: w.Sign, Client: w.Client}
	return prober.Probe(ctx, address) != nil && ctx.Err() == nil
}

// explain puts the place that fails into X's vague refusal.
func (w *Webhook) explain(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := bridge.AsError(err); e.Code == xapi.CodeWebhookCRC && w.blame != "" {
		more := *e
		more.Message += ": " + w.blame
		return &more
	}
	return err
}

// probing proves again and again that the public URL leads to this Perch.
func (w *Webhook) probing(ctx context.Context) {
	for delay := probeFirst; wait.PauseOr(ctx, delay, w.healed); {
		delay = probeSoon
		err := w.try(ctx)
		w.mu.Lock()
		w.blame = ""
		if err != nil {
			w.blame = bridge.AsError(err).Message
		}
		isWatched := time.Since(w.lastGood) < checkAge
		w.mu.Unlock()
		if err != nil {
			w.failed(ctx, hopURL, "", err)
			continue
		}
		delay = probeEvery
		if since := w.since(hopURL, ""); !since.IsZero() {
			w.closers.missed("", since) // before all is said to be fine, so that what a pass brings belongs to this outage
			w.fine(hopURL, "")
			w.Poke() // X may have noticed it too
		}
		if isWatched && w.closers.alive(ctx, w.board) && w.isFine() {
			w.prove()
		}
	}
}

// try probes, and once more before it says that something is wrong.
func (w *Webhook) try(ctx context.Context) error {
	address := w.URL()
	if address == "" {
		return &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "probe public url", Message: "there is none yet",
			Remedy: "if this stays so, set up a tunnel or Motion's proxy under [reach] in perch.toml",
		}
	}
	err := w.Probe(ctx, address)
	if err != nil && wait.Pause(ctx, probeAgain) {
		err = w.Probe(ctx, address)
	}
	return err
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an unreadable address"
	}
	return u.Host
}

// isSamePlace reports whether two addresses differ in their query only, as when the proxy's token was changed.
func isSamePlace(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && u.Host == v.Host && u.Path == v.Path
}
