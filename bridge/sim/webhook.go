package sim

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

// webhook is a registered webhook: of v2, or of one environment of the Account Activity API.
type webhook struct {
	id, url     string
	app         *app
	environment string // "" for v2
	valid       bool
	created     time.Time
	checked     time.Time // the last good CRC
}

const (
	// maxWebhookURL is in characters (X's OpenAPI).
	maxWebhookURL = 200
	// graceful is how long a webhook stays valid without a good CRC when it is out of order (X docs: webhooks).
	graceful = 28 * time.Hour
)

func (x *X) webhookRoutes() map[string]route {
	own := endpoint{name: "webhooks", auth: userKeys | bearer, unlocked: true}
	create, list := own, own
	create.body = jsonBody
	list.auth, list.query = bearer, params{"webhook_config.fields": isListOf("created_at", "id", "url", "valid")}
	return map[string]route{
		"POST /2/webhooks":        {create, x.createWebhook},
		"GET /2/webhooks":         {list, x.listWebhooks},
		"PUT /2/webhooks/{id}":    {own, x.renewWebhook},
		"DELETE /2/webhooks/{id}": {own, x.removeWebhook},
	}
}

func (x *X) createWebhook(in *request) *serve.Answer {
	var body struct {
		URL string `json:"url"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	hook, refused := x.register(in, body.URL, "")
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": hook.v2()})
}

// register adds a webhook after a good CRC, which it waits for.
func (x *X) register(in *request, address, environment string) (*webhook, *serve.Answer) {
	x.mu.Lock()
	why := x.cannotRegister(in.app, address, environment)
	x.mu.Unlock()
	if why != "" {
		return nil, in.refuse(webhookRefusal(why))
	}
	if _, err := x.CRC(in.Context(), address, in.app.secret); err != nil {
		return nil, in.refuse(webhookRefusal("CrcValidationFailed: " + err.Error()))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if why := x.cannotRegister(in.app, address, environment); why != "" {
		return nil, in.refuse(webhookRefusal(why)) // somebody else was faster
	}
	hook := &webhook{x.newID(), address, in.app, environment, true, x.now(), x.now()}
	x.webhooks = append(x.webhooks, hook)
	return hook, nil
}

func webhookRefusal(why string) fault.Fault {
	return fault.Fault{Status: http.StatusBadRequest, Code: fault.CodeBadRequest, Title: "Invalid Request", Detail: why, Type: fault.Problems + "invalid-request"}
}

// cannotRegister says why a webhook is not taken, in X's words; "" when it is. The caller holds mu.
func (x *X) cannotRegister(a *app, address, environment string) string {
	if why := x.badURL(address); why != "" {
		return "UrlValidationFailed: " + why
	}
	count := 0
	for _, w := range x.webhooks {
		if w.app == a && w.environment == environment {
			if count++; w.url == address {
				return "DuplicateUrlFailed: the URL is registered already."
			}
		}
	}
	switch {
	case environment == "" && count >= x.options.WebhookLimit:
		return "WebhookLimitExceeded: the app has its number of webhooks already."
	case environment != "" && count >= 1:
		return "Too many resources already created."
	}
	return ""
}

func (x *X) badURL(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return "it is not a URL of a webhook."
	case len(address) > maxWebhookURL:
		return "it is longer than 200 characters."
	case x.options.AllowAnyURL:
		return ""
	case u.Scheme != "https":
		return "it is not https."
	case u.Port() != "":
		return "it names a port."
	}
	return ""
}

func (x *X) listWebhooks(in *request) *serve.Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := []any{}
	for _, w := range x.webhooksOf(in.app, "") {
		list = append(list, w.v2())
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": list, "meta": map[string]any{"result_count": len(list)}})
}

func (w *webhook) v2() map[string]any {
	return map[string]any{"id": w.id, "url": w.url, "valid": w.valid, "created_at": w.created.UTC().Format(v2Time)}
}

// webhooksOf lists the webhooks of an app and environment. The caller holds mu.
func (x *X) webhooksOf(a *app, environment string) []*webhook {
	var found []*webhook
	for _, w := range x.webhooks {
		if w.app == a && w.environment == environment {
			found = append(found, w)
		}
	}
	return found
}

// ownWebhook finds the webhook that the path names.
func (x *X) ownWebhook(in *request, environment string) (*webhook, *serve.Answer) {
	id := strings.TrimSuffix(in.PathValue("id"), ".json")
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, w := range x.webhooksOf(in.app, environment) {
		if w.id == id {
			return w, nil
		}
	}
	if !isID(id) {
		return nil, in.malformed("webhook_id", id, "the webhook id %q in the path is not an id", id)
	}
	return nil, in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Title: "Not Found", Detail: "WebhookIdInvalid: there is no such webhook."})
}

// renewWebhook challenges the webhook again, and makes it valid when it answers well.
func (x *X) renewWebhook(in *request) *serve.Answer {
	hook, refused := x.ownWebhook(in, "")
	if refused != nil {
		return refused
	}
	valid := x.challenge(in.Context(), hook)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"valid": valid}})
}

func (x *X) removeWebhook(in *request) *serve.Answer {
	hook, refused := x.ownWebhook(in, "")
	if refused != nil {
		return refused
	}
	x.remove(hook)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"deleted": true}})
}

// remove forgets a webhook. Subscriptions stay, and go to streams only.
func (x *X) remove(hook *webhook) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var rest []*webhook
	for _, w := range x.webhooks {
		if w != hook {
			rest = append(rest, w)
		}
	}
	x.webhooks = rest
	for _, s := range x.subscriptions {
		if s.hook == hook {
			s.hook = nil
		}
	}
	hook.valid = false // what still waits for it is dropped
}

// challenge makes a CRC and draws X's conclusions: a wrong answer makes a webhook invalid at once, none at all only
// after more than 28 hours.
func (x *X) challenge(ctx context.Context, hook *webhook) bool {
	result, err := x.CRC(ctx, hook.url, hook.app.secret)
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case err == nil:
		hook.valid, hook.checked = true, x.now()
	case result.Status/100 == 2 || result.Status/100 == 3 || x.now().Sub(hook.checked) > graceful:
		hook.valid = false
	}
	return hook.valid && err == nil
}

// Revalidate challenges every registered webhook, as X does from time to time.
func (x *X) Revalidate(ctx context.Context) {
	x.mu.Lock()
	hooks := append([]*webhook(nil), x.webhooks...)
	x.mu.Unlock()
	for _, hook := range hooks {
		x.challenge(ctx, hook)
	}
}

// InvalidateWebhooks makes every registered webhook invalid: X sends it nothing until a client renews it.
func (x *X) InvalidateWebhooks() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, hook := range x.webhooks {
		hook.valid = false
	}
}

// isValid reports whether X sends to the webhook.
func (x *X) isValid(hook *webhook) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return hook.valid
}
