package reach

import (
	"context"
	"net/url"

	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/xapi"
)

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
