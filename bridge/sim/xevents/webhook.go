package xevents

import (
	"context"
	"net/url"
	"time"

	"perch/bridge/sim/xstate"
)

const (
	// maxWebhookURL is in characters (X's OpenAPI).
	maxWebhookURL = 200
	// graceful is how long a webhook stays valid without a good CRC when it is out of order (X docs: webhooks).
	graceful = 28 * time.Hour
)

// Register adds a webhook after a good CRC, which it waits for. why says in X's words why it is not taken; "" when it is.
func (x *Events) Register(ctx context.Context, a *xstate.App, address, environment string) (hook *Webhook, why string) {
	x.Lock()
	why = x.cannotRegister(a, address, environment)
	x.Unlock()
	if why != "" {
		return nil, why
	}
	if _, err := x.CRC(ctx, address, a.Secret); err != nil {
		return nil, "CrcValidationFailed: " + err.Error()
	}
	x.Lock()
	defer x.Unlock()
	if why := x.cannotRegister(a, address, environment); why != "" {
		return nil, why // somebody else was faster
	}
	hook = &Webhook{x.NewID(), address, a, environment, true, x.Now(), x.Now()}
	x.webhooks = append(x.webhooks, hook)
	return hook, ""
}

// cannotRegister says why a webhook is not taken, in X's words; "" when it is. The caller holds the lock.
func (x *Events) cannotRegister(a *xstate.App, address, environment string) string {
	if why := x.badURL(address); why != "" {
		return "UrlValidationFailed: " + why
	}
	count := 0
	for _, w := range x.webhooks {
		if w.app == a && w.environment == environment {
			if count++; w.URL == address {
				return "DuplicateUrlFailed: the URL is registered already."
			}
		}
	}
	switch {
	case environment == "" && count >= x.Options().WebhookLimit:
		return "WebhookLimitExceeded: the app has its number of webhooks already."
	case environment != "" && count >= 1:
		return "Too many resources already created."
	}
	return ""
}

func (x *Events) badURL(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return "it is not a URL of a webhook."
	case len(address) > maxWebhookURL:
		return "it is longer than 200 characters."
	case x.Options().AllowAnyURL:
		return ""
	case u.Scheme != "https":
		return "it is not https."
	case u.Port() != "":
		return "it names a port."
	}
	return ""
}

// WebhooksOf lists the webhooks of an app and environment. The caller holds the lock.
func (x *Events) WebhooksOf(a *xstate.App, environment string) []*Webhook {
	var found []*Webhook
	for _, w := range x.webhooks {
		if w.app == a && w.environment == environment {
			found = append(found, w)
		}
	}
	return found
}

// FindWebhook finds a webhook of an app and environment by id; nil when there is none. The caller holds the lock.
func (x *Events) FindWebhook(a *xstate.App, environment, id string) *Webhook {
	for _, w := range x.WebhooksOf(a, environment) {
		if w.ID == id {
			return w
		}
	}
	return nil
}

// WebhookEnvironments lists the environments that have a webhook, each once for every webhook. The caller holds the lock.
func (x *Events) WebhookEnvironments() []string {
	var names []string
	for _, w := range x.webhooks {
		if w.environment != "" {
			names = append(names, w.environment)
		}
	}
	return names
}

// Remove forgets a webhook. Subscriptions stay, and go to streams only.
func (x *Events) Remove(hook *Webhook) {
	x.Lock()
	defer x.Unlock()
	var rest []*Webhook
	for _, w := range x.webhooks {
		if w != hook {
			rest = append(rest, w)
		}
	}
	x.webhooks = rest
	for _, s := range x.subscriptions {
		if s.Hook == hook {
			s.Hook = nil
		}
	}
	hook.Valid = false // what still waits for it is dropped
}

// Challenge makes a CRC and draws X's conclusions: a wrong answer makes a webhook invalid at once, none at all only
// after more than 28 hours.
func (x *Events) Challenge(ctx context.Context, hook *Webhook) bool {
	result, err := x.CRC(ctx, hook.URL, hook.app.Secret)
	x.Lock()
	defer x.Unlock()
	switch {
	case err == nil:
		hook.Valid, hook.checked = true, x.Now()
	case result.Status/100 == 2 || result.Status/100 == 3 || x.Now().Sub(hook.checked) > graceful:
		hook.Valid = false
	}
	return hook.Valid && err == nil
}

// Revalidate challenges every registered webhook, as X does from time to time.
func (x *Events) Revalidate(ctx context.Context) {
	x.Lock()
	hooks := append([]*Webhook(nil), x.webhooks...)
	x.Unlock()
	for _, hook := range hooks {
		x.Challenge(ctx, hook)
	}
}

// InvalidateWebhooks makes every registered webhook invalid: X sends it nothing until a client renews it.
func (x *Events) InvalidateWebhooks() {
	x.Lock()
	defer x.Unlock()
	for _, hook := range x.webhooks {
		hook.Valid = false
	}
}

// isValid reports whether X sends to the webhook.
func (x *Events) isValid(hook *Webhook) bool {
	x.Lock()
	defer x.Unlock()
	return hook.Valid
}
